package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"appleconsent/consent"
	"appleconsent/graph"
	"appleconsent/graph/signin"
	"appleconsent/graph/wire"
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
)

// linkTimeout is how long link --check waits by default: somebody else has to find the message and follow the link.
const linkTimeout = 15 * time.Minute

type linkOptions struct {
	connection  connection
	devices     consent.Devices
	open, check bool
}

func linkCommand(env Environment, start starter) *cli.Command {
	return &cli.Command{
		Name:  "link",
		Usage: "print the admin-consent link, for somebody who holds the role",
		Description: "Prints the address of the page on which an administrator of the tenant consents to Apple Mail for all users; it needs no\n" +
			"sign-in. The page grants what Apple has registered, shows no difference, and may overwrite scopes that stand; it ends on an\n" +
			"error page even when it worked. With --check this program waits until the grants appear, if they do not stand already, and says\n" +
			"what came, what is missing and what was overwritten; exit code 2 if something is missing. apply is the better way where it can be used.\n\n" +
			"   appleconsent link --tenant contoso.onmicrosoft.com\n   appleconsent link --open\n   appleconsent link --check --timeout 1h",
		Flags: slices.Concat([]cli.Flag{
			&cli.BoolFlag{Name: "open", Usage: "open the link in the browser of this machine"},
			&cli.BoolFlag{Name: "check", Usage: "wait until the grants appear, and compare them with what is required"},
			devicesFlag(),
		}, connectionFlagsWithin(linkTimeout), outputFlags()),
		Action: func(c *cli.Context) error {
			p, err := start(c)
			if err != nil {
				return err
			}
			o, err := parseLink(c, env)
			if err != nil {
				return err
			}
			p.connection, p.choices = o.connection.flags(c), consent.Choices{Devices: o.devices, Route: consent.AdminConsent}
			if o.check {
				return checkLink(c.Context, o, env, p)
			}
			return showLink(c.Context, o, p)
		},
	}
}

func parseLink(c *cli.Context, env Environment) (linkOptions, error) {
	o := linkOptions{open: c.Bool("open"), check: c.Bool("check")}
	if err := noArguments(c); err != nil {
		return o, err
	}
	var err error
	if o.connection, err = parseConnection(c, env); err != nil {
		return o, err
	}
	if o.devices, err = consent.ParseDevices(c.String("devices")); err != nil {
		return o, err
	}
	if o.connection.simulate != "" && !o.connection.simulatedURL() && !o.check {
		return o, &hintedError{
			errors.New("a simulated tenant has the page only while it is served"),
			"add --check, which serves it meanwhile, or serve it with: appleconsent simulate " + o.connection.simulate + " --listen 127.0.0.1:8080",
		}
	}
	return o, nil
}

// showLink prints the link and asks nobody.
func showLink(ctx context.Context, o linkOptions, p *printer) error {
	p.began = true
	conn := o.connection
	if conn.tenant == "" {
		p.note("without --tenant the link is for the tenant of whoever opens it")
	}
	link := consentLink(conn.cloud, cmp.Or(conn.tenant, "organizations"))
	if err := p.show(render.OfLink(link)); err != nil {
		return err
	}
	p.explainLink()
	p.note("then look at what came with: %s, or wait for it with: %s", p.command("status"), p.command("link", "--check"))
	return p.openLink(ctx, o, link)
}

func consentLink(cloud wire.Cloud, tenant string) render.Link {
	app := consent.DefaultApplication().ID
	return render.NewLink(tool(), systemClock{}.Now(), app, cloud.Name, cloud.AdminConsentLink(tenant, string(app)))
}

func (p *printer) explainLink() {
	p.note("it is for a Cloud Application Administrator (or a higher role); the page ends with an error or a dead link even when it worked")
}

// openLink opens the link if that was asked for.
func (p *printer) openLink(ctx context.Context, o linkOptions, link render.Link) error {
	if !o.open {
		return nil
	}
	if err := signin.OpenBrowser(ctx, link.URL); err != nil {
		return &hintedError{fmt.Errorf("open the link in a browser: %w", err), "open it by hand: " + link.URL}
	}
	return nil
}

// checkLink shows the link and waits for what comes of it.
func checkLink(ctx context.Context, o linkOptions, env Environment, p *printer) error {
	s, err := open(ctx, o.connection, env, p, func(*graph.Client) {})
	if err != nil {
		return err
	}
	defer s.close()
	required := consent.DefaultApplication().Require(consent.Choices{Devices: o.devices})
	before, err := s.read(ctx, required)
	if err != nil {
		return err
	}
	link := consentLink(s.cloud, s.identity.TenantID)
	arrival := render.Arrived(required, before, before)
	p.stderr(link.URL + "\n") // whole, however narrow the terminal is, and also with --quiet: it is what all waits for
	if arrival.Satisfied {
		p.note("all that is required stands already: nothing is waited for")
	} else {
		p.explainLink()
		if err := p.openLink(ctx, o, link); err != nil {
			return err
		}
		if arrival, err = s.awaitArrival(ctx, required, before); err != nil {
			return err
		}
	}
	link.Check = &arrival
	if err := p.show(render.OfLink(link)); err != nil {
		return err
	}
	if !arrival.Satisfied {
		p.note("grant what is missing, and nothing else, with: %s", p.command("apply"))
		return errChangesDue
	}
	return nil
}

// How the tenant is looked at while something is waited for: ever more seldom, and after each change closely again. All that is
// required has arrived when it stands and nothing moves any more; what is less than that is given time to become more, since
// one grant can show minutes after the other.
const (
	firstLook   = 5 * time.Second
	slowestLook = 30 * time.Second
	partialWait = 2 * time.Minute
)

// awaitArrival waits until the tenant-wide grants change and then change no more, or until the time is up.
func (s *session) awaitArrival(ctx context.Context, required consent.Requirement, before consent.State) (render.Arrival, error) {
	defer s.busy("waiting until the grants appear")()
	latest := render.Arrived(required, before, before)
	err := s.budget.spend(ctx, func(ctx context.Context) error {
		still := time.Duration(0) // for how long nothing has changed
		for pause := firstLook; ; pause = min(pause+firstLook, slowestLook) {
			if err := s.clock.Sleep(ctx, pause); err != nil {
				return err
			}
			state, err := s.client.Read(ctx, required)
			switch {
			case err != nil && (ctx.Err() != nil || !passes(err)):
				return s.inTenant(err)
			case err != nil:
				s.note("%v; trying again", s.inTenant(err))
				continue
			}
			now := render.Arrived(required, before, state)
			still += pause
			if !now.Equal(latest) {
				latest, still, pause = now, 0, 0
			}
			if latest.Changed && still > 0 && (latest.Satisfied || still >= partialWait) {
				return nil
			}
		}
	})
	if errors.Is(err, context.DeadlineExceeded) {
		s.note("the time of --timeout is up")
		return latest, nil
	}
	return latest, err
}

// passes tells whether a read that failed may go well the next time: somebody who waits for an hour is not sent away for
// that.
func passes(err error) bool {
	e, ok := errors.AsType[*wire.Error](err)
	return ok && !e.Denied() && e.Status != http.StatusUnauthorized
}
