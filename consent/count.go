package consent

import "fmt"

// Count is a number of things, as notices, summaries and checks say it.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
