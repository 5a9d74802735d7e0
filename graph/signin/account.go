package signin

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// Accounts is a folder in which it is kept who signed in: one file for each authority, application and tenant that was
// asked for. The files hold names and ids, no token and no secret; tokens are in the platform's encrypted cache. Nothing
// depends on them but whether a person is asked again, so that a file which cannot be read counts as none.
type Accounts struct{ Dir string }

// account is what a sign-in is kept for.
type account struct {
	Authority, Client, Tenant string
}

// Account is a person who is signed in on this machine.
type Account struct {
	Username string
	TenantID string
	ClientID string // of the application that was signed in to
}

// file is where the account is kept. Client is a GUID and Tenant a GUID, a domain or a word: all are fit for a file name, but for
// a domain that is too long.
func (a Accounts) file(at account) string {
	host := "unknown"
	if u, err := url.Parse(at.Authority); err == nil {
		host = strings.ReplaceAll(u.Host, ":", "_")
	}
	tenant := at.Tenant
	if len(tenant) > maxTenant {
		tenant = fmt.Sprintf("%x", sha256.Sum256([]byte(tenant)))
	}
	return filepath.Join(a.Dir, strings.Join([]string{host, at.Client, tenant}, "~")+".json")
}

// maxTenant is the length of a tenant's name that stands in a file name, in bytes.
const maxTenant = 100

// maxAccount is the size of a file that is read, in bytes.
const maxAccount = 64 << 10

// load returns who signed in, or nobody. A file that names another application is none.
func (a Accounts) load(at account) azidentity.AuthenticationRecord {
	record, ok := readAccount(a.file(at))
	if !ok || !strings.EqualFold(record.ClientID, at.Client) {
		return azidentity.AuthenticationRecord{}
	}
	return record
}

func readAccount(name string) (azidentity.AuthenticationRecord, bool) {
	var record azidentity.AuthenticationRecord
	info, err := os.Lstat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxAccount {
		return record, false
	}
	data, err := os.ReadFile(name) //nolint:gosec // its name is made of a GUID and a checked tenant
	return record, err == nil && json.Unmarshal(data, &record) == nil
}

// save keeps who signed in. If that fails, the person will be asked again.
func (a Accounts) save(at account, record azidentity.AuthenticationRecord, onDebug func(string)) {
	data, err := json.Marshal(record)
	if err == nil {
		err = os.MkdirAll(a.Dir, 0o700)
	}
	if err == nil {
		err = replaceAccount(a.file(at), data)
	}
	if err != nil {
		onDebug("who signed in is not kept: " + err.Error())
	}
}

// beginning is how the names of files begin that are not whole yet.
const beginning = ".account-"

// replaceAccount writes the file whole: beside its place, for its owner only, and then into it.
func replaceAccount(name string, data []byte) error {
	file, err := os.CreateTemp(filepath.Dir(name), beginning+"*")
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), name)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}

// Forget removes what is kept of sign-ins, tokens included, and returns who was signed in. Other files stay.
func (a Accounts) Forget(ctx context.Context) ([]Account, error) {
	entries, err := os.ReadDir(a.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	errs := []error{err, forgetTokens(ctx)}
	var forgotten []Account
	for _, entry := range entries {
		if ours, _ := filepath.Match("*~*~*.json", entry.Name()); !ours && !strings.HasPrefix(entry.Name(), beginning) {
			continue
		}
		name := filepath.Join(a.Dir, entry.Name())
		record, known := readAccount(name)
		if err := os.Remove(name); err != nil {
			errs = append(errs, err)
			continue
		}
		if known {
			forgotten = append(forgotten, Account{record.Username, record.TenantID, record.ClientID})
		}
	}
	return forgotten, errors.Join(errs...)
}
