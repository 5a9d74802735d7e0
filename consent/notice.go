package consent

// Level grades a notice.
type Level string

// The levels: worth knowing, worth acting on, and in the way of any change.
const (
	Info    Level = "info"
	Warning Level = "warning"
	Blocker Level = "blocker"
)

// Notice is something that a reader of a difference or of a plan must know beside it, as a code with its parameters. Which
// parameters are set depends on the code; the sentence belongs to package plan/render.
type Notice struct {
	Level Level
	Code  string // stable and camelCase

	Name     string    // display name of the service principal or resource that the notice is about
	AppID    AppID     // its application (client) ID
	Detail   string    // why Microsoft disabled it; a verified publisher; a classification's level; the id of a change
	Member   string    // of a grant that has another form than it should
	Number   int       // of characters or of grants
	Scopes   ScopeSet  // scopes, or entries of the authorization policy
	Owner    string    // the organization that the application is registered in
	Expected string    // the publisher that was expected
	Left     Leftovers // what keeps a service principal
	Actions  []Action  // that do not show yet
	Usage    Usage     // how many people it is about
	// Published is what is asked for beyond what the application needs.
	Published []Published
}
