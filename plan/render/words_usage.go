package render

import (
	"cmp"
	"fmt"

	"appleconsent/consent"
	"appleconsent/plan"
)

// usageWords say how many people use Apple Mail, of what day that is, or why it is not known.
func usageWords(u consent.Usage) string {
	switch {
	case u.Lacks != "":
		return fmt.Sprintf("How many people use it could not be read: it needs the Microsoft Graph permission %s, which the Azure CLI's own "+
			"sign-in does not hold; sign in with a browser, a device code or an application that has it.", u.Lacks)
	case u.Failed != "":
		return fmt.Sprintf("How many people use it could not be read: %s.", u.Failed)
	}
	var numbers string
	if u.Devices != consent.IOSDevices {
		numbers += fmt.Sprintf("Apple Mail on Macs: %s. ", people(u.MailOnMacs))
	}
	if u.Devices != consent.MacDevices {
		numbers += fmt.Sprintf("Mail on phones other than Outlook (iPhones among them): %s. ", people(u.OnPhones))
	}
	return numbers + fmt.Sprintf("(Microsoft's report of %s, over %d days.)", cmp.Or(u.ReportedOn, "unknown date"), consent.UsageDays)
}

// numberOfUsers is the usage in a notice; a warning can go without it.
func numberOfUsers(n consent.Notice) string {
	if n.Usage == (consent.Usage{}) {
		return ""
	}
	return usageWords(n.Usage)
}

func people(number *int) string {
	switch {
	case number == nil:
		return "not told"
	case *number == 1:
		return "1 person"
	}
	return fmt.Sprintf("%d people", *number)
}

// usageFacts are the usage in the head of a diagnosis; none if nobody asked for it.
func usageFacts(d Diagnosis) []fact {
	if d.Usage == nil {
		return nil
	}
	return []fact{{Label: "Usage", Prose: plan.PrintableLine(usageWords(d.Usage.Usage().For(d.Requirement.Devices))), Term: "Usage"}}
}
