package render

import (
	"fmt"
	"time"

	"appleconsent/consent"
	"appleconsent/plan"
)

// What is said of how many people use Apple Mail.

// usageSentence tells the numbers, and of what day they are.
func usageSentence(macs, phones *int, day string) string {
	if day == "" {
		day = "unknown date"
	}
	return fmt.Sprintf("Apple Mail on Macs: %s. Mail on phones other than Outlook (iPhones among them): %s. (Microsoft's report of %s, "+
		"over %d days.)", people(macs), people(phones), day, consent.UsageDays)
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

// usageReason is why the numbers could not be read.
func usageReason(needs, failed string) string {
	if needs == "" {
		return failed
	}
	return fmt.Sprintf("it needs the Microsoft Graph permission %s, which the Azure CLI's own sign-in does not hold; sign in with a browser, "+
		"a device code or an application that has it", needs)
}

const usageNotRead = "How many people use it could not be read: %s."

// usageWords are the usage in a notice.
func usageWords(u consent.Usage) string {
	if !u.Read() {
		return fmt.Sprintf(usageNotRead, usageReason(u.Lacks, u.Failed))
	}
	day := ""
	if !u.ReportedOn.IsZero() {
		day = u.ReportedOn.Format(time.DateOnly)
	}
	return usageSentence(u.MailOnMacs, u.OnPhones, day)
}

// usageFacts are the usage in the head of a diagnosis; none if nobody asked for it.
func usageFacts(u *plan.UsageInfo) []fact {
	if u == nil {
		return nil
	}
	said := usageSentence(u.MailOnMacs, u.MailOnPhones, orEmpty(u.ReportedOn))
	if u.Needs != nil || u.Failed != nil {
		said = fmt.Sprintf(usageNotRead, usageReason(orEmpty(u.Needs), orEmpty(u.Failed)))
	}
	return []fact{{Label: "Usage", Prose: plan.PrintableLine(said), Term: "Usage"}}
}

func orEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
