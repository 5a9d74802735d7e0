package signin

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/youmark/pkcs8"
)

// How a file with a certificate begins a part, and what its private key is called if it is encrypted as today.
const (
	pemBegin     = "-----BEGIN "
	encryptedKey = "ENCRYPTED PRIVATE KEY"
)

var errNoKey = errors.New("it holds a certificate without its private key: put both into one file")

// checkForm says what is wrong with the form of a file: how PEM is spoilt on its way through editors, variables and consoles, what
// is missing, and what is in another form. The marks at the beginning of texts have been taken off (disk.Text). What is encrypted is not looked into.
func checkForm(data []byte) error {
	text := string(data)
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return errors.New("it is empty: it is neither PEM nor PKCS#12")
	case strings.Contains(text, "-\x00-\x00-"):
		return errors.New("it is UTF-16 without a mark that says so: save it as plain text (ASCII)")
	case !strings.Contains(text, pemBegin):
		return checkBinary(data)
	}
	if err := checkLines(text); err != nil {
		return err
	}
	return checkParts(data)
}

// Lines of PEM that are none.
var (
	indented   = regexp.MustCompile(`(?m)^[\t \x{a0}]+-----(BEGIN|END) `)
	oneLine    = regexp.MustCompile(`-----(BEGIN|END) [A-Z0-9 ]+-----[^\r\n]*[A-Za-z0-9+/=]`)
	notAtStart = regexp.MustCompile(`[^\r\n]-----(BEGIN|END) `)
	endless    = regexp.MustCompile(`\r[^\n]`)
)

// checkLines says how the lines of PEM (RFC 7468) are spoilt.
func checkLines(text string) error {
	switch {
	case strings.Contains(text, `-----\n`) || strings.Contains(text, `-----\r\n`):
		return errors.New(`its line breaks are written as \n: put real ones in their place`)
	case indented.MatchString(text):
		return errors.New("its lines are indented: take off the white space before -----BEGIN and -----END")
	case oneLine.MatchString(text), notAtStart.MatchString(text):
		return errors.New("its lines have been joined to one: -----BEGIN and -----END need a line of their own each")
	case endless.MatchString(text) && !strings.Contains(text, "\n"):
		return errors.New("its lines end in carriage returns alone: save it with the line ends of this system")
	}
	return nil
}

// checkParts says what the parts of PEM lack, or which of them is in a form that is not read here.
func checkParts(data []byte) error {
	var kinds []string
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Headers["DEK-Info"] != "" || block.Headers["Proc-Type"] != "" || block.Type == encryptedKey && isOldEncryption(block.Bytes) {
			return errors.New("its key is encrypted in an old, weak form: convert it with openssl pkcs8 -topk8 -v2 aes256")
		}
		kinds = append(kinds, block.Type)
	}
	isKey := func(kind string) bool { return strings.HasSuffix(kind, "PRIVATE KEY") }
	switch {
	case len(kinds) < bytes.Count(data, []byte(pemBegin)):
		return errors.New("a part of it is cut off or damaged: each -----BEGIN needs its -----END, with base64 in between")
	case slices.Contains(kinds, "OPENSSH PRIVATE KEY"):
		return errors.New("its key is in the form of OpenSSH: convert it with ssh-keygen -p -m PKCS8")
	case slices.Contains(kinds, "EC PRIVATE KEY"), slices.Contains(kinds, "DSA PRIVATE KEY"):
		return errNotRSA
	case !slices.Contains(kinds, "CERTIFICATE") && slices.ContainsFunc(kinds, isKey):
		return errors.New("it holds a private key without its certificate: put both into one file")
	case !slices.Contains(kinds, "CERTIFICATE"):
		return fmt.Errorf("it holds no certificate, but %s", strings.Join(kinds, " and "))
	case !slices.ContainsFunc(kinds, isKey):
		return errNoKey
	}
	return nil
}

// isOldEncryption reports whether a key is encrypted in a form of before PKCS#5 2.0, or with a cipher of that time, which is seen
// without its password.
func isOldEncryption(der []byte) bool {
	_, err := pkcs8.ParsePKCS8PrivateKey(der, []byte("any"))
	return err != nil && (strings.Contains(err.Error(), "only P") || strings.Contains(err.Error(), "unsupported"))
}

// checkBinary says what a file without PEM is, if it is not PKCS#12.
func checkBinary(data []byte) error {
	if _, err := x509.ParseCertificate(data); err == nil {
		return errNoKey
	}
	_, no8 := x509.ParsePKCS8PrivateKey(data)
	_, no1 := x509.ParsePKCS1PrivateKey(data)
	switch {
	case no8 == nil || no1 == nil:
		return errors.New("it holds a private key without its certificate: put both into one file")
	case isBase64(data):
		return errors.New("it is base64 without -----BEGIN and -----END: decode it first, as with base64 -d")
	case utf8.Valid(data) && data[0] != 0x30: // with which everything in DER begins
		return errors.New("it is text and no certificate: it is neither PEM nor PKCS#12")
	}
	return nil
}

// isBase64 reports whether it is something in DER that was written as base64.
func isBase64(data []byte) bool {
	text := strings.Join(strings.Fields(string(data)), "")
	der, err := base64.StdEncoding.DecodeString(text)
	return err == nil && len(der) > 1 && der[0] == 0x30
}
