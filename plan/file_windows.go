package plan

import "os"

// noWait keeps the opening of a pipe from waiting; no file of Windows is one.
const noWait = 0

// replaceFile writes a file. In place: Windows cannot replace one reliably while a virus scanner or another process has it
// open, and permissions come from the folder. Written is called when all is written.
func replaceFile(name string, data []byte, written func()) error {
	if err := os.WriteFile(name, data, 0o600); err != nil {
		return err
	}
	written()
	return nil
}
