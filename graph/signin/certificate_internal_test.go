package signin

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/youmark/pkcs8"
	"software.sslmate.com/src/go-pkcs12"
)

// What is wrong with a file is said of the file, whatever the password: nobody is asked for another one.
func TestReadCertificate_wrongFile(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotAfter: time.Now().Add(time.Hour)}
	der := must(t)(x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key))
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	part := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	keyDER := must(t)(x509.MarshalPKCS8PrivateKey(key))
	other, otherErr := rsa.GenerateKey(rand.Reader, 2048)
	curve, curveErr := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	_, edwards, edwardsErr := ed25519.GenerateKey(rand.Reader)
	if err := errors.Join(otherErr, curveErr, edwardsErr); err != nil {
		t.Fatal(err)
	}
	otherDER := must(t)(x509.MarshalPKCS8PrivateKey(other))
	public, private := part("CERTIFICATE", der), part("PRIVATE KEY", keyDER)
	encrypted := part("ENCRYPTED PRIVATE KEY", must(t)(pkcs8.MarshalPrivateKey(key, []byte("pass phrase"), nil)))
	old := "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: DES-EDE3-CBC,0123456789ABCDEF\n\n" +
		base64.StdEncoding.EncodeToString(keyDER) + "\n-----END RSA PRIVATE KEY-----\n"
	type algorithm struct {
		ID         asn1.ObjectIdentifier
		Parameters struct {
			Salt  []byte
			Count int
		}
	}
	byMD5 := algorithm{ID: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 3}} // PBE-MD5-DES of PKCS#5 1.5
	byMD5.Parameters.Salt, byMD5.Parameters.Count = make([]byte, 8), 2048
	pbes1 := part("ENCRYPTED PRIVATE KEY", must(t)(asn1.Marshal(struct {
		Algorithm algorithm
		Data      []byte
	}{byMD5, keyDER})))
	good, secret := public+private, public+encrypted
	utf16le := []byte("\xff\xfe")
	for _, unit := range utf16.Encode([]rune(good)) {
		utf16le = append(utf16le, byte(unit), byte(unit>>8))
	}
	pfx := must(t)(pkcs12.Modern.Encode(key, certificate, nil, "pass phrase"))
	store := must(t)(pkcs12.Modern.EncodeTrustStore([]*x509.Certificate{certificate}, ""))
	indent := func(text, by string) string {
		return by + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n"+by) + "\n"
	}
	for name, test := range map[string]struct{ content, want string }{
		"nothing":                         {"", "it is empty"},
		"white space":                     {"\n \n", "it is empty"},
		"a BOM, indented":                 {"\xef\xbb\xbf" + indent(good, "  "), "its lines are indented"},
		"UTF-16 without a mark":           {string(utf16le[2:]), "it is UTF-16"},
		"indented":                        {indent(good, "    "), "its lines are indented"},
		"indented with tabs":              {indent(secret, "\t"), "its lines are indented"},
		"indented with CRLF":              {strings.ReplaceAll(indent(good, "  "), "\n", "\r\n"), "its lines are indented"},
		"the second part indented":        {public + indent(private, "  "), "its lines are indented"},
		"one line, spaces":                {strings.ReplaceAll(good, "\n", " "), "joined to one"},
		"one line, an encrypted key":      {strings.ReplaceAll(secret, "\n", " "), "joined to one"},
		"one line, nothing":               {strings.ReplaceAll(good, "\n", ""), "joined to one"},
		"one line, spaces and a line end": {strings.ReplaceAll(strings.TrimSpace(good), "\n", " ") + "\n", "joined to one"},
		`one line, \n`:                    {strings.ReplaceAll(good, "\n", `\n`), `written as \n`},
		`one line, \r\n, encrypted`:       {strings.ReplaceAll(secret, "\n", `\r\n`), `written as \n`},
		"carriage returns":                {strings.ReplaceAll(good, "\n", "\r"), "carriage returns alone"},
		"old encryption":                  {public + old, "encrypted in an old, weak form"},
		"old encryption, the key first":   {old + public, "encrypted in an old, weak form"},
		"old encryption in PKCS#8":        {public + pbes1, "encrypted in an old, weak form"},
		"no key":                          {public, "without its private key"},
		"a public key":                    {public + part("PUBLIC KEY", must(t)(x509.MarshalPKIXPublicKey(&key.PublicKey))), "without its private key"},
		"no certificate":                  {private, "without its certificate"},
		"a request":                       {part("CERTIFICATE REQUEST", der), "it holds no certificate, but CERTIFICATE REQUEST"},
		"cut off":                         {public + private[:len(private)/2], "cut off or damaged"},
		"damaged":                         {public + strings.Replace(private, "MII", "M*I", 1), "cut off or damaged"},
		"of OpenSSH":                      {public + part("OPENSSH PRIVATE KEY", keyDER), "in the form of OpenSSH"},
		"another's key":                   {public + part("PRIVATE KEY", otherDER), "does not match its certificate"},
		"an EC key":                       {public + part("PRIVATE KEY", must(t)(x509.MarshalPKCS8PrivateKey(curve))), "not an RSA key"},
		"an EC key, the older form":       {public + part("EC PRIVATE KEY", must(t)(x509.MarshalECPrivateKey(curve))), "not an RSA key"},
		"an Ed25519 key":                  {public + part("PRIVATE KEY", must(t)(x509.MarshalPKCS8PrivateKey(edwards))), "not an RSA key"},
		"two keys":                        {public + private + part("PRIVATE KEY", otherDER), "more than one private key"},
		"a certificate that is none":      {part("CERTIFICATE", []byte("x")) + private, "a part of it is damaged"},
		"a key that is none":              {public + part("PRIVATE KEY", []byte("x")), "a part of it is damaged"},
		"DER":                             {string(der), "without its private key"},
		"a key in DER":                    {string(keyDER), "without its certificate"},
		"base64 of a PFX":                 {base64.StdEncoding.EncodeToString(pfx) + "\n", "it is base64 without"},
		"base64 of a certificate":         {base64.StdEncoding.EncodeToString(der), "it is base64 without"},
		"text":                            {"AZURE_CLIENT_SECRET=x\n", "it is text and no certificate"},
		"HTML":                            {"<html>", "it is text and no certificate"},
		"binary":                          {"\x00\x01\x02\xff", "neither PEM nor PKCS#12"},
		"a PFX that is cut":               {string(pfx[:len(pfx)/2]), "neither PEM nor PKCS#12"},
	} {
		for _, password := range []string{"", "another pass phrase"} {
			_, _, err := readFrom(t, test.content, password)
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "PASSWORD") {
				t.Errorf("%s, with the password %q: got %v, want %q", name, password, err, test.want)
			}
		}
	}
	mixed := must(t)(pkcs12.Modern.Encode(other, certificate, nil, "pass phrase"))
	if _, _, err := readFrom(t, string(mixed), "pass phrase"); err == nil || !strings.Contains(err.Error(), "does not match its certificate") {
		t.Errorf("a PFX with another's key: got %v", err)
	}
	if _, _, err := readFrom(t, string(store), ""); err == nil || !strings.Contains(err.Error(), "without its private key") {
		t.Errorf("a PFX without a key: got %v", err)
	}
	for name, content := range map[string]string{
		"a BOM": "\xef\xbb\xbf" + good, "a BOM, an encrypted key": "\xef\xbb\xbf" + secret, "UTF-16": string(utf16le),
		"plain": good, "the key first": private + public, "CRLF": strings.ReplaceAll(good, "\n", "\r\n"), "encrypted": secret, "PFX": string(pfx),
		"words around": "Bag Attributes\n  localKeyID: 01\n" + public + "Key Attributes: <No Attributes>\n" + private, "no line end": strings.TrimSpace(good),
	} {
		if certificates, key, err := readFrom(t, content, "pass phrase"); err != nil || len(certificates) != 1 || key == nil {
			t.Errorf("%s: got %d certificates and the error %v", name, len(certificates), err)
		}
	}
}

func readFrom(t *testing.T, content, password string) ([]*x509.Certificate, any, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "certificate")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return readCertificate(file, password)
}

func must(t *testing.T) func([]byte, error) []byte {
	return func(data []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
}
