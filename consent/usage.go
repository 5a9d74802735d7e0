package consent

// UsageDays is over how many days usage is counted.
const UsageDays = 30

// Usage is how many people use what a client is for, by Microsoft's own report of the apps that mail is read with
// (learn.microsoft.com/graph/api/reportroot-getemailappusageappsusercounts). Each person counts once for each app.
type Usage struct {
	ReportedOn string // the day of the report, as 2006-01-02, which comes a day or two late; empty: not told
	MailOnMacs *int   // Apple Mail on Macs; nil: not told
	OnPhones   *int   // mail on phones with another app than Outlook, Mail on iPhones among them; nil: not told
	// Lacks is the Microsoft Graph permission that the sign-in lacks to read the report; empty if it does not lack one.
	Lacks string
	// Failed says in a few words why the report could not be read otherwise; empty if it was read.
	Failed string
	// Devices are those whose numbers are meant; empty: all of Apple's.
	Devices Devices
}

// For is the usage as far as it is about these devices: the number of the others is left out.
func (u Usage) For(d Devices) Usage {
	u.Devices = d
	switch d {
	case IOSDevices:
		u.MailOnMacs = nil
	case MacDevices:
		u.OnPhones = nil
	case AllDevices:
	}
	return u
}

// Read reports whether the report was read.
func (u Usage) Read() bool { return u.Lacks == "" && u.Failed == "" }
