package e2e_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/youmark/pkcs8"
	"software.sslmate.com/src/go-pkcs12"
)

const certificatePassword = "pass phrase of the certificate"

// certificateFiles returns one certificate with its key in the forms that files have.
func certificateFiles(t *testing.T) map[string]string {
	t.Helper()
	must := func(data []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "appleconsent test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der := must(x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key))
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	text := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	public := text("CERTIFICATE", der)
	plain := public + text("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(key)))
	return map[string]string{
		"plain.pem":     plain,
		"notepad.pem":   "\xef\xbb\xbf" + plain,
		"unicode.pem":   "\xff\xfe" + strings.Join(strings.Split(plain, ""), "\x00") + "\x00",
		"rsa.pem":       text("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key)) + public,
		"encrypted.pem": public + text("ENCRYPTED PRIVATE KEY", must(pkcs8.MarshalPrivateKey(key, []byte(certificatePassword), nil))),
		"keyless.pem":   public,
		"modern.pfx":    string(must(pkcs12.Modern.Encode(key, certificate, nil, certificatePassword))),
		"legacy.pfx":    string(must(pkcs12.LegacyRC2.Encode(key, certificate, nil, certificatePassword))),
		"open.pfx":      string(must(pkcs12.Passwordless.Encode(key, certificate, nil, ""))),
	}
}
