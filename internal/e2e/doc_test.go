// Package e2e_test runs the program as people do: scripts in testdata/script, and what needs a terminal, a shell, a browser, or
// Entra's sign-in behind Microsoft's own host names. What can be seen inside one process is tested beside the code, and faults
// are in internal/faults.
package e2e_test
