package signin

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"appleconsent/internal/disk"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/youmark/pkcs8"
	"software.sslmate.com/src/go-pkcs12"
)

// maxCertificate is the size of a certificate file that is read, in bytes.
const maxCertificate = 1 << 20

// readCertificate reads a certificate with its private key from a PEM or PKCS#12 (PFX) file. Azidentity reads neither PEM
// with an encrypted key nor PKCS#12 as OpenSSL 3 and Windows write it today, so that two libraries help. What a file lacks is said
// before a password is asked for. No error quotes the file.
func readCertificate(name, password string) ([]*x509.Certificate, crypto.PrivateKey, error) {
	data, err := disk.ReadRegular(name, maxCertificate, os.Stat)
	data = disk.Text(data)
	if err == nil {
		err = checkForm(data)
	}
	if err != nil {
		return nil, nil, err
	}
	decode := decodePEM
	if !bytes.Contains(data, []byte(pemBegin)) {
		decode = decodePFX
	}
	certificates, key, err := decode(data, password)
	if err == nil {
		err = checkPair(certificates, key)
	}
	if err != nil {
		return nil, nil, err
	}
	return certificates, key, nil
}

// checkPair refuses a key with which nobody can sign in to Entra: one that is no RSA key, or is of none of the certificates.
func checkPair(certificates []*x509.Certificate, key crypto.PrivateKey) error {
	private, isRSA := key.(*rsa.PrivateKey)
	if !isRSA {
		return errNotRSA
	}
	if !slices.ContainsFunc(certificates, func(c *x509.Certificate) bool { return private.PublicKey.Equal(c.PublicKey) }) {
		return errors.New("its private key does not match its certificate: put the matching pair into one file")
	}
	return nil
}

var errNotRSA = errors.New("its private key is not an RSA key, which sign-in needs: make a certificate with openssl req -x509 -newkey rsa:2048")

func decodePEM(data []byte, password string) ([]*x509.Certificate, crypto.PrivateKey, error) {
	plain, err := decryptPEM(data, password)
	if err != nil {
		return nil, nil, err
	}
	certificates, key, err := azidentity.ParseCertificates(plain, nil)
	switch {
	case err != nil && strings.Contains(err.Error(), "multiple private keys"):
		return nil, nil, errors.New("it holds more than one private key: keep only that of the certificate")
	case err != nil:
		return nil, nil, errors.New("a part of it is damaged: it is labelled as a certificate or a private key, and is neither")
	}
	return certificates, key, nil
}

func decodePFX(data []byte, password string) ([]*x509.Certificate, crypto.PrivateKey, error) {
	key, certificate, chain, err := pkcs12.DecodeChain(data, password)
	switch {
	case errors.Is(err, pkcs12.ErrIncorrectPassword) && password == "":
		return nil, nil, errors.New("it has a password: set AZURE_CLIENT_CERTIFICATE_PASSWORD")
	case errors.Is(err, pkcs12.ErrIncorrectPassword):
		return nil, nil, errors.New("the password in AZURE_CLIENT_CERTIFICATE_PASSWORD is wrong")
	case errors.As(err, new(pkcs12.NotImplementedError)):
		return nil, nil, fmt.Errorf("its encryption is not supported: %w", err)
	case err != nil && strings.Contains(err.Error(), "private key missing"):
		return nil, nil, errNoKey
	case err != nil:
		return nil, nil, errors.New("it is neither PEM nor PKCS#12")
	}
	return append([]*x509.Certificate{certificate}, chain...), key, nil
}

// decryptPEM returns the file with its private key in the clear.
func decryptPEM(data []byte, password string) ([]byte, error) {
	var out []byte
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == encryptedKey {
			key, err := decryptKey(block.Bytes, password)
			if err != nil {
				return nil, err
			}
			block = &pem.Block{Type: "PRIVATE KEY", Bytes: key}
		}
		out = append(out, pem.EncodeToMemory(block)...)
	}
	return out, nil
}

func decryptKey(der []byte, password string) ([]byte, error) {
	if password == "" {
		return nil, errors.New("its private key is encrypted: set AZURE_CLIENT_CERTIFICATE_PASSWORD")
	}
	key, err := pkcs8.ParsePKCS8PrivateKey(der, []byte(password))
	if err != nil {
		return nil, errors.New("its private key cannot be decrypted: is AZURE_CLIENT_CERTIFICATE_PASSWORD right?")
	}
	return x509.MarshalPKCS8PrivateKey(key)
}
