package render

import (
	"bytes"
	"embed"
	"fmt"
	"sync"
	"text/template"

	"appleconsent/consent"
)

// exchangeForm is the script that reads what a diagnosis cannot: the settings of Exchange Online, which Graph does not show.
var exchangeForm = Form{
	Format: PowerShell, Extensions: []string{".ps1"}, refuses: diagnosesOnly,
	write: func(r Result, _ Style) ([]byte, error) { return r.exchange.script() },
}

// exchangeScript is what the script is made with. All else is the same for every tenant.
type exchangeScript struct {
	Origin, TenantID, TenantName, ClientName string
	AppID                                    consent.AppID
	InitialDomain                            string // empty: not known
	Environment                              string // what the module ExchangeOnlineManagement calls the cloud; empty: its default
	LeftOut                                  string // a pattern of the settings that concern other devices alone; empty: none
	Simulated                                bool
}

// exchangeOf returns what the script about the diagnosed tenant is made with.
func exchangeOf(d Diagnosis) exchangeScript {
	return exchangeScript{
		Origin:   fmt.Sprintf("Made by %s doctor on %s.", toolName(d.Tool), moment(d.CreatedAt.UTC())),
		TenantID: d.Tenant.ID, TenantName: tenantName(d.Tenant), ClientName: clientName(d.Client), AppID: d.Client.AppID,
		LeftOut:       exchangeLeftOut[d.Requirement.Devices],
		InitialDomain: d.initialDomain, Environment: exchangeEnvironment(d.Tenant.Cloud), Simulated: d.Tenant.Simulated,
	}
}

// exchangeLeftOut are patterns of the settings that decide nothing for the devices.
var exchangeLeftOut = map[consent.Devices]string{consent.IOSDevices: `\bEws|^Mailbox plan$`, consent.MacDevices: `ActiveSync|^Mailbox devices$`}

// exchangeEnvironment is the value of Connect-ExchangeOnline -ExchangeEnvironmentName
// (learn.microsoft.com/powershell/module/exchange/connect-exchangeonline); empty for the default.
func exchangeEnvironment(cloud string) string {
	return map[string]string{"usgov": "O365USGovGCCHigh", "usgovdod": "O365USGovDoD", "china": "O365China"}[cloud]
}

//go:embed exchange*.ps1.tmpl text.ps1.tmpl
var exchangeSources embed.FS

// exchangeTemplate holds all of the script's code; how texts go in is said at scriptTemplate.
var exchangeTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("exchange.ps1.tmpl").Funcs(template.FuncMap{"quote": psQuote, "note": psNote}).
		ParseFS(exchangeSources, "*.ps1.tmpl"))
})

// script writes the script, which is pure ASCII like the one of a plan.
func (e exchangeScript) script() ([]byte, error) {
	var b bytes.Buffer
	err := exchangeTemplate().Execute(&b, e)
	return b.Bytes(), err
}

// diagnosesOnly refuses what is no diagnosis.
func diagnosesOnly(c content) error {
	if c.kind == KindDiagnosis {
		return nil
	}
	return refusal(fmt.Sprintf("a %s says nothing about Exchange: use doctor", c.kind))
}
