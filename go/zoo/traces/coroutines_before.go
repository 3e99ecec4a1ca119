//go:build !go1.23

package main

import "context"

func switches(context.Context) {}
