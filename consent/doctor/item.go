package doctor

import "appleconsent/consent"

// Item is one of several things that a check found, each check with a type of its own.
type Item interface{ item() }

// PolicyEntry is an entry of the authorization policy that is about users' own consent.
type PolicyEntry struct{ Entry consent.Scope }

// ClassifiedPermission is a required permission and how the tenant classifies it.
type ClassifiedPermission struct {
	Permission consent.Scope
	Resource   string
	Level      string // empty: not classified
}

// BlockingPolicy is a Conditional Access policy that could block the client. Its lists hold what fits the client, in
// Graph's words, and the names of known applications.
type BlockingPolicy struct {
	Name       string
	ReportOnly bool // else it is enabled
	Controls   []string
	Apps       []string
	ClientApps []string // empty: any
	Platforms  []string
}

// FailedSignIns counts the sign-ins that failed with one of Entra's error codes.
type FailedSignIns struct{ Code, Count, Users int }

// FederatedDomain is a domain of the tenant that is federated.
type FederatedDomain struct{ Name string }

// DoubtfulProfile is an e-mail profile of Intune that is not known to use OAuth with Exchange Online.
type DoubtfulProfile struct {
	Name, Host string
	Doubt      ProfileDoubt
}

// ProfileDoubt is what is doubtful about an e-mail profile.
type ProfileDoubt string

// The doubts.
const (
	OAuthOff     ProfileDoubt = "oauthOff"
	OAuthUnknown ProfileDoubt = "oauthUnknown"
	OtherServer  ProfileDoubt = "otherServer"
)

func (PolicyEntry) item()          {}
func (ClassifiedPermission) item() {}
func (BlockingPolicy) item()       {}
func (FailedSignIns) item()        {}
func (FederatedDomain) item()      {}
func (DoubtfulProfile) item()      {}
