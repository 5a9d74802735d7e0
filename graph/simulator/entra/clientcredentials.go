package entra

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"appleconsent/graph/simulator/identity"
)

// jwtBearer is the one type of client assertions.
const jwtBearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" //nolint:gosec // the name of a type

// clockTolerance is how far a client's clock may be off before its assertions are refused.
const clockTolerance = 5 * time.Minute

// appToken signs an app in by itself. Every app is known here and every credential is right, but for the secrets
// "wrong" and "expired", and assertions that are none or not of this time. Signatures are not looked at.
func (s *SignIn) appToken(form url.Values) (any, error) {
	if err := need(form, "scope"); err != nil {
		return nil, err
	}
	app, secret, assertion := form.Get("client_id"), form.Get("client_secret"), form.Get("client_assertion")
	resource, isDefault := resourceOf(form.Get("scope"))
	switch {
	case secret == "" && assertion == "":
		return nil, entraError(7000218)
	case secret == "wrong":
		return nil, entraError(7000215, "{app}", app)
	case secret == "expired":
		return nil, entraError(7000222, "{app}", app)
	case !isDefault:
		return nil, refuse("invalid_scope", 1002012, "The provided value for scope %s is not valid. Client credential flows must have a "+
			"scope value with /.default suffixed to the resource identifier (application ID URI).", form.Get("scope"))
	}
	if assertion != "" {
		if err := checkAssertion(form.Get("client_assertion_type"), assertion, s.now()); err != nil {
			return nil, err
		}
	}
	return tokenDocument(s.AppClaims(app, resource)), nil
}

// resourceOf is the resource of which an app asks for all that it has. MSAL adds the
// scopes of sign-in itself, which say nothing here.
func resourceOf(scope string) (resource string, isDefault bool) {
	asked := slices.DeleteFunc(strings.Fields(scope), isOfSignIn)
	if len(asked) != 1 {
		return "", false
	}
	return strings.CutSuffix(asked[0], "/.default")
}

// AppClaims are the claims of an app that acts as itself.
func (s *SignIn) AppClaims(clientID, resource string) identity.Claims {
	c := s.claims(clientID, resource)
	c.IDType, c.ObjectID, c.Roles = "app", identity.ObjectID(s.tenantID, "app", clientID), s.Settings.AppRoles
	return c
}

// checkAssertion refuses a client assertion that is no JWT or not of this time, which is how a wrong clock shows.
func checkAssertion(assertionType, assertion string, now time.Time) error {
	if assertionType != jwtBearer {
		return need(url.Values{}, "client_assertion_type") // another one counts as none
	}
	var held struct {
		NotBefore json.Number `json:"nbf"`
		Expires   json.Number `json:"exp"`
	}
	if !identity.DecodeJWT(assertion, &held) || held.Expires == "" {
		return entraError(50027)
	}
	notBefore, expires := numericDate(held.NotBefore), numericDate(held.Expires)
	if now.After(expires.Add(clockTolerance)) || now.Before(notBefore.Add(-clockTolerance)) {
		return entraError(
			700024, "{now}", now.UTC().Format(precise), "{from}", notBefore.Format(precise), "{to}", expires.Format(precise))
	}
	return nil
}

// numericDate reads a time in seconds since 1970, which is what a missing one is.
func numericDate(n json.Number) time.Time {
	seconds, _ := n.Float64() // RFC 7519 allows fractions
	return time.Unix(int64(seconds), 0).UTC()
}
