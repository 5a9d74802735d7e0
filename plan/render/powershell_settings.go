package render

// What the template of the script asks about settings.

// Granting tells whether the script has anything to do with grants, or with the service principal that they need.
func (s script) Granting() bool { return len(s.Steps) > 0 || s.Create || s.Delete != "" }

// UserConsent tells whether the script is about what users may consent to for themselves.
func (s script) UserConsent() bool { return s.Classifying() || s.Policy != nil }

// enabling and disabling list what is done to the client's switch, which is done before all else and after all else.
func (s script) enabling() []remark {
	if s.Enable == "" {
		return nil
	}
	return []remark{{"  ~ enable", "the service principal of " + s.ClientName + " for sign-in"}}
}

func (s script) disabling() []remark {
	if s.Disable == "" {
		return nil
	}
	return []remark{{"  ~ disable", "the service principal of " + s.ClientName + " for sign-in"}}
}

// userConsent lists what changes for users, in the order in which it is done.
func (s script) userConsent() []remark {
	var lines []remark
	for _, c := range s.Classify {
		lines = append(lines, remark{"  + classify", string(c.Permission) + " on " + c.Resource + " as low impact"})
	}
	if s.Policy != nil {
		for _, entry := range s.Policy.After.Without(s.Policy.Before) {
			lines = append(lines, remark{"  + assign", string(entry) + " in the authorization policy"})
		}
		for _, entry := range s.Policy.Before.Without(s.Policy.After) {
			lines = append(lines, remark{"  - unassign", string(entry) + " in the authorization policy"})
		}
	}
	for _, c := range s.Declassify {
		lines = append(lines, remark{"  - declassify", string(c.Permission) + " on " + c.Resource})
	}
	return lines
}
