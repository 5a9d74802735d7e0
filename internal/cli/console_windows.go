package cli

import (
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

// openConsole lets each stream that is a console know escape codes, where the system can, and finds out the rest. From then on no
// program is looked for in the current folder, which may be anybody's.
func openConsole(getenv func(string) string) console {
	_ = os.Setenv("NoDefaultCurrentDirectoryInExePath", "1")
	in, out, err := windows.Handle(os.Stdin.Fd()), windows.Handle(os.Stdout.Fd()), windows.Handle(os.Stderr.Fd())
	c := console{unattended: !isVisible(), shell: shellOf(ancestors(), getenv)}
	restoreIn := keepMode(in)
	var restoreOut, restoreErr func()
	c.outDumb, restoreOut = enableEscapes(out)
	c.errDumb, restoreErr = enableEscapes(err)
	c.restore = func() {
		restoreErr()
		restoreOut()
	}
	c.abandon = func() {
		c.restore()
		restoreIn()
	}
	c.ownWindow = !c.unattended && isConsole(in) && isConsole(err) && processesOfConsole() == 1
	return c
}

func isConsole(h windows.Handle) bool {
	var mode uint32
	return windows.GetConsoleMode(h, &mode) == nil
}

// keepMode returns what sets the mode of a console as it is now.
func keepMode(h windows.Handle) (restore func()) {
	var mode uint32
	if windows.GetConsoleMode(h, &mode) != nil {
		return func() {}
	}
	return func() { _ = windows.SetConsoleMode(h, mode) } // there is nobody to tell
}

// enableEscapes makes a console take escape codes for what they are. Consoles of Windows before 10, and those in legacy mode, do
// not; they are dumb.
func enableEscapes(h windows.Handle) (dumb bool, restore func()) {
	const escapes = windows.ENABLE_PROCESSED_OUTPUT | windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING
	var mode uint32
	if windows.GetConsoleMode(h, &mode) != nil {
		return false, func() {} // no console
	}
	dumb = windows.SetConsoleMode(h, mode|escapes) != nil
	added := escapes &^ mode
	return dumb, func() {
		var now uint32 // others may use the console, too
		if added != 0 && windows.GetConsoleMode(h, &now) == nil {
			_ = windows.SetConsoleMode(h, now&^added) // there is nobody to tell
		}
	}
}

var (
	user32                    = windows.NewLazySystemDLL("user32.dll")
	getProcessWindowStation   = user32.NewProc("GetProcessWindowStation")
	getUserObjectInformationW = user32.NewProc("GetUserObjectInformationW")
	getConsoleProcessList     = windows.NewLazySystemDLL("kernel32.dll").NewProc("GetConsoleProcessList")
)

// processesOfConsole is how many processes share the console; zero if that cannot be told.
func processesOfConsole() int {
	var list [2]uint32 // with more of them the number alone is returned
	n, _, _ := getConsoleProcessList.Call(uintptr(unsafe.Pointer(&list[0])), uintptr(len(list)))
	return int(n) //nolint:gosec // a small number
}

// isVisible reports whether a person can see the windows of this process: those of services and of scheduled tasks that run whether
// or not somebody is signed in have consoles, too.
func isVisible() bool {
	var flags struct{ inherit, reserved, flags uint32 } // USEROBJECTFLAGS
	const uoiFlags, wsfVisible = 1, 1
	var needed uint32
	station, _, _ := getProcessWindowStation.Call()
	told, _, _ := getUserObjectInformationW.Call(station, uoiFlags, uintptr(unsafe.Pointer(&flags)), unsafe.Sizeof(flags), uintptr(unsafe.Pointer(&needed)))
	return told == 0 || flags.flags&wsfVisible != 0
}

// ancestors returns the names of the programs that started this one, the nearest first, as far as they still run.
func ancestors() []string {
	snapshot, err := windows.CreateToolhelp32Snapshot(windows.TH32CS_SNAPPROCESS, 0)
	if err != nil {
		return nil
	}
	defer windows.CloseHandle(snapshot) //nolint:errcheck // nothing hangs on it
	parents, names := map[uint32]uint32{}, map[uint32]string{}
	entry := windows.ProcessEntry32{}
	entry.Size = uint32(unsafe.Sizeof(entry))
	for err = windows.Process32First(snapshot, &entry); err == nil; err = windows.Process32Next(snapshot, &entry) {
		parents[entry.ProcessID], names[entry.ProcessID] = entry.ParentProcessID, windows.UTF16ToString(entry.ExeFile[:])
	}
	var list []string
	pid := parents[windows.GetCurrentProcessId()]
	for range 16 { // numbers are used again, so that there may be a circle
		name, runs := names[pid]
		if !runs {
			break
		}
		list = append(list, name)
		pid = parents[pid]
	}
	return list
}

// onNextSignal makes the next signal end the process at once, with the exit code that Ctrl-C has elsewhere.
func onNextSignal(signals chan os.Signal, abandon func()) (await func()) {
	return func() {
		<-signals
		abandon()
		os.Exit(exitInterrupted)
	}
}
