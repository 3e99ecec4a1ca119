package slow

import "time"

func Work() { time.Sleep(20 * time.Second) }
