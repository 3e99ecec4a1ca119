// Package parts stands for somebody else's module: a dependency that trusts what it is given.
package parts

// Field returns the n-th field.
func Field(fields []string, n int) string { return fields[n] }

// Each calls f for every field.
func Each(fields []string, f func(string)) {
	for _, field := range fields {
		f(field)
	}
}
