package slow

import "testing"

func TestWork(t *testing.T) { Work() }
