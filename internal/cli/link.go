package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"appleconsent/consent"
	"appleconsent/graph/signin"
	"appleconsent/graph/wire"
	"appleconsent/internal/operation"
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
)

// linkTimeout is how long link --check waits by default: somebody else has to find the message and follow the link.
const linkTimeout = 15 * time.Minute

const sendLink = "Send it to a Cloud Application Administrator (or higher). The page ends in an error even when consent succeeded."

const sendEach = "Send each to an administrator of its tenant (Cloud Application Administrator or higher). The page ends in an error even " +
	"when consent succeeded."

type linkOptions struct {
	connection  connection
	asked       asked
	open, check bool
	many        *manyOptions // nil: one tenant
}

func linkCommand(env Environment) *cli.Command {
	return &cli.Command{
		Name:  "link",
		Usage: "print an admin-consent link to send to an administrator",
		Description: "Prints the address of the page on which an administrator of the tenant consents to Apple Mail for all users; it needs no\n" +
			"sign-in. The page grants what Apple has registered, shows no difference, and may overwrite existing scopes; it ends on an\n" +
			"error page even when consent succeeded. With --check this program waits until the grants appear and says what came, what is\n" +
			"missing and what was overwritten; exit code 2 if something is missing, or nobody can sign in to the app. Prefer apply where\n" +
			"it can be used.\n\n" +
			"   appleconsent link --tenant contoso.onmicrosoft.com\n   appleconsent link --open\n   appleconsent link --check --timeout 1h",
		Flags: slices.Concat([]cli.Flag{
			&cli.BoolFlag{Name: "open", Usage: "open the link in the browser of this machine"},
			&cli.BoolFlag{Name: "check", Usage: "wait until the grants appear, and compare them"},
			devices().register(),
			alsoFlag("with --check"),
		}, connectionFlagsWithin(linkTimeout), manyFlags(), documentFlags(withMany(plainFormats))),
		Action: action(env, parseLink, runLink),
	}
}

func parseLink(in *input) (linkOptions, error) {
	o := linkOptions{open: in.Bool("open"), check: in.Bool("check")}
	var err error
	if o.connection, err = parseConnection(in); err != nil {
		return o, err
	}
	if o.asked, err = parseAsked(in); err != nil {
		return o, err
	}
	in.follow.choices = o.asked.Choices
	if in.IsSet("also") && !o.check {
		return o, errors.New("--also goes with --check: the page grants what Apple has registered, and nothing else")
	}
	if o.connection.simulate != "" && !o.connection.simulatedURL() && !o.check {
		return o, &hintedError{
			errors.New("a simulated tenant has the page only while it is served"),
			"add --check, which serves it meanwhile, or serve it with: appleconsent simulate " + o.connection.simulate + " --listen 127.0.0.1:8080",
		}
	}
	o.many, err = parseMany(in)
	switch {
	case err != nil:
	case o.many == nil:
		err = render.CanHold(in.output.format, render.KindLink, consent.Choices{})
	case o.open || o.check:
		err = errors.New("--open and --check are for one tenant at a time: use --tenant in place of --tenants")
	}
	return o, err
}

// runLink prints the link and asks nobody, or waits for what comes of it.
func runLink(ctx context.Context, o linkOptions, k *call) error {
	switch {
	case o.many != nil:
		return k.linkMany(o)
	case o.check:
		return k.checkLink(ctx, o)
	}
	conn := o.connection
	if conn.tenant == "" {
		k.Note("Without --tenant the link is for the tenant of whoever opens it.")
	}
	link := consentLink(conn.cloud, cmp.Or(conn.tenant, "organizations"))
	if err := k.show(render.OfLink(link)); err != nil {
		return err
	}
	k.Note(sendLink)
	k.Note("Then check what was granted: " + k.follow.command("status"))
	k.Note("Or wait for it: " + k.follow.command("link", "--check"))
	return k.openLink(ctx, o, link)
}

func consentLink(cloud wire.Cloud, tenant string) render.Link {
	app := consent.DefaultApplication().ID
	return render.NewLink(tool(), systemClock{}.Now(), app, cloud.Name, cloud.AdminConsentLink(tenant, string(app)))
}

func (k *call) openLink(ctx context.Context, o linkOptions, link render.Link) error {
	if !o.open {
		return nil
	}
	if err := signin.OpenBrowser(ctx, link.URL); err != nil {
		return &hintedError{fmt.Errorf("open the link in a browser: %w", err), "open it by hand: " + link.URL}
	}
	return nil
}

// checkLink shows the link and waits for what comes of it.
func (k *call) checkLink(ctx context.Context, o linkOptions) error {
	s, err := k.open(ctx, o.connection, operation.Directory)
	if err != nil {
		return err
	}
	defer s.close()
	required, err := k.required(ctx, s, o.asked)
	if err != nil {
		return err
	}
	required, before, err := s.ReadFor(ctx, required)
	if err != nil {
		return err
	}
	link := consentLink(s.cloud, s.Identity.TenantID)
	arrival := render.Arrived(required, before, before)
	k.Copyable(link.URL) // also with --quiet: it is what all waits for
	if arrival.Satisfied {
		k.Note("Consent is already granted; not waiting.")
	} else {
		k.Note(sendLink)
		if err := k.openLink(ctx, o, link); err != nil {
			return err
		}
		if err := k.awaitArrival(ctx, s, required, before, &arrival); err != nil {
			return err
		}
	}
	link.Check = &arrival
	if err := k.show(render.OfLink(link)); err != nil {
		return err
	}
	if !arrival.InPlace() {
		k.afterArrival(arrival)
		return errChangesDue
	}
	return nil
}

// afterArrival says what helps where the link did not, or not enough.
func (k *call) afterArrival(a render.Arrival) {
	enable := k.follow
	enable.choices.EnableApp = true
	switch enabling := enable.command("apply"); {
	case !a.Satisfied && a.CanEnable:
		k.Notef("To grant what is missing and enable the app, and nothing else: %s", enabling)
	case !a.Satisfied:
		k.Notef("To grant what is missing, and nothing else: %s", k.follow.command("apply"))
	case a.CanEnable:
		k.Notef("To enable the app: %s", enabling)
	default: // nothing of this program helps
		k.Notef("To see why: %s", k.follow.command("doctor"))
	}
}

// awaitArrival keeps the latest arrival until the tenant-wide grants change and then change no more, or until the time is up.
func (k *call) awaitArrival(ctx context.Context, s *connected, required consent.Requirement, before consent.State, latest *render.Arrival) error {
	err := s.Await(ctx, required, func(state consent.State) operation.Seen {
		now := render.Arrived(required, before, state)
		moved := !now.Equal(*latest)
		*latest = now
		return operation.Seen{Moved: moved, Changed: now.Changed, Satisfied: now.Satisfied}
	}, passes)
	if late, ok := errors.AsType[*operation.TimeoutError](err); ok {
		k.Note(sentence(late))
		return nil
	}
	return err
}

func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// passes reports whether a read that failed may go well the next time: somebody who waits for an hour is not sent away for
// that.
func passes(err error) bool {
	e, ok := errors.AsType[*wire.Error](err)
	return ok && !e.Denied() && e.Status != http.StatusUnauthorized
}
