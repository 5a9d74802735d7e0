package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// open opens a file for reading in a way that lets others write, rename and remove it meanwhile. Package os does not let them
// rename, so that our own readers would be in our writers' way.
func open(name string) (*os.File, error) {
	path, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return nil, err
	}
	const share = windows.FILE_SHARE_READ | windows.FILE_SHARE_WRITE | windows.FILE_SHARE_DELETE
	handle, err := windows.CreateFile(path, windows.GENERIC_READ, share, nil, windows.OPEN_EXISTING, windows.FILE_ATTRIBUTE_NORMAL, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: name, Err: err}
	}
	return os.NewFile(uintptr(handle), name), nil
}

// move renames a file within its folder, as os.Rename does not: also onto one that somebody reads, where the file system can do that.
func move(from, to string) error {
	folder, err := os.OpenRoot(filepath.Dir(to))
	if err != nil {
		return err
	}
	defer folder.Close() //nolint:errcheck // nothing was written
	return folder.Rename(filepath.Base(from), filepath.Base(to))
}

// hasFolderAttribute reports whether what has no mode of a folder is one to Windows, as the link that is called a junction is.
func hasFolderAttribute(info fs.FileInfo) bool {
	data, ok := info.Sys().(*syscall.Win32FileAttributeData)
	return ok && data.FileAttributes&syscall.FILE_ATTRIBUTE_DIRECTORY != 0
}

// mkdir makes a folder for the user, SYSTEM and Administrators only, with all that will be in it. Windows itself would give
// it the access list of the folder around it.
func mkdir(name string) error {
	path, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return err
	}
	descriptor, err := private()
	if err != nil {
		return &os.PathError{Op: "mkdir", Path: name, Err: err}
	}
	attributes := &windows.SecurityAttributes{SecurityDescriptor: descriptor}
	attributes.Length = uint32(unsafe.Sizeof(*attributes))
	if err := windows.CreateDirectory(path, attributes); err != nil {
		return &os.PathError{Op: "mkdir", Path: name, Err: err}
	}
	return nil
}

// private is the access list: protected (P) from what is inherited, full access (FA) for the user of this process, SYSTEM (SY) and
// the built-in Administrators (BA), inherited by files (OI) and folders (CI). See
// learn.microsoft.com/windows/win32/secauthz/security-descriptor-string-format.
func private() (*windows.SECURITY_DESCRIPTOR, error) {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, err
	}
	return windows.SecurityDescriptorFromString("D:P(A;OICI;FA;;;" + user.User.Sid.String() + ")(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)")
}

// alive reports whether there is such a process. One that has ended can be opened as long as somebody else keeps it open.
func alive(pid int) bool {
	process, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid)) //nolint:gosec // read from a file name, any number will do
	if err != nil {
		return errors.Is(err, windows.ERROR_ACCESS_DENIED) // it is somebody else's
	}
	defer windows.CloseHandle(process) //nolint:errcheck // nothing hangs on it
	var code uint32
	const stillActive = 259
	return windows.GetExitCodeProcess(process, &code) != nil || code == stillActive
}
