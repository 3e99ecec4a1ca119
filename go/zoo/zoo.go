// Package zoo holds programs that fail on purpose, each in a folder of its own, and in testdata what they wrote.
package zoo
