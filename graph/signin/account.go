package signin

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"appleconsent/internal/disk"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// Accounts is a folder in which it is kept who signed in: one file for each authority, application and tenant that was
// asked for. The files hold names and ids, no token and no secret; tokens are in the platform's encrypted cache. Nothing
// depends on them but whether a person is asked again, so that a file which cannot be read counts as none.
type Accounts struct{ Dir string }

// account is what a sign-in is kept for.
type account struct {
	host, client, tenant string // the authority, the application, and the tenant as it was asked for
}

// Account is a person who is signed in on this machine.
type Account struct {
	Username string
	TenantID string
	ClientID string // of the application that was signed in to
}

// file is where the account is kept. The client is a GUID and the tenant a GUID, a domain or a word: all are fit for a file name,
// but for a domain that is too long.
func (a Accounts) file(at account) string {
	tenant := at.tenant
	if len(tenant) > maxTenant {
		tenant = fmt.Sprintf("%x", sha256.Sum256([]byte(tenant)))
	}
	return filepath.Join(a.Dir, strings.Join([]string{strings.ReplaceAll(at.host, ":", "_"), at.client, tenant}, "~")+".json")
}

// maxTenant is the length of a tenant's name that stands in a file name, in bytes.
const maxTenant = 100

// maxAccount is the size of a file that is read, in bytes.
const maxAccount = 64 << 10

// load returns who signed in, or nobody. A file that names another application is none.
func (a Accounts) load(at account) azidentity.AuthenticationRecord {
	record, ok := readAccount(a.file(at))
	if !ok || !strings.EqualFold(record.ClientID, at.client) {
		return azidentity.AuthenticationRecord{}
	}
	return record
}

func readAccount(name string) (azidentity.AuthenticationRecord, bool) {
	var record azidentity.AuthenticationRecord
	data, err := disk.ReadRegular(name, maxAccount, os.Lstat)
	known := err == nil && json.Unmarshal(data, &record) == nil
	return record, known
}

// save keeps who signed in. If that fails, the person will be asked again.
func (a Accounts) save(at account, record azidentity.AuthenticationRecord, onDebug func(string)) {
	data, err := json.Marshal(record)
	if err == nil {
		err = disk.MakeFolder(a.Dir)
	}
	if err == nil {
		err = disk.Replace(a.file(at), data, func() {})
	}
	if err != nil {
		onDebug("the sign-in is not remembered: " + err.Error())
	}
}

// Forget removes what is kept of sign-ins, tokens included, and returns who was signed in. Other files stay.
func (a Accounts) Forget(ctx context.Context) ([]Account, error) {
	disk.Sweep(a.Dir, "", true)
	entries, err := disk.ReadFolder(a.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	errs := []error{err, forgetTokens(ctx)}
	var forgotten []Account
	for _, entry := range entries {
		if ours, _ := filepath.Match("*~*~*.json", entry.Name()); !ours {
			continue
		}
		name := filepath.Join(a.Dir, entry.Name())
		record, known := readAccount(name)
		err := disk.Remove(name)
		if err == nil && known {
			forgotten = append(forgotten, Account{record.Username, record.TenantID, record.ClientID})
		}
		errs = append(errs, err)
	}
	return forgotten, errors.Join(errs...)
}
