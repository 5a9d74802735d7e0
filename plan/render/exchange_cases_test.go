package render_test

// with returns a case that differs from one in which all is well.
func with(name string, parameters row, change func(*exchangeState), lines ...string) exchangeCase {
	state := healthyExchange()
	change(&state)
	return exchangeCase{Parameters: parameters, State: state, name: name, lines: lines}
}

// organizationCases are those of "Settings of the organization" in docs/exchange-script.md.
func organizationCases() []exchangeCase {
	setting := func(name string, value any, line string) exchangeCase {
		return with(name, row{}, func(s *exchangeState) { s.Organization[name] = value }, line)
	}
	missing := func(command string, lines ...string) exchangeCase {
		return with("without "+command, row{}, func(s *exchangeState) { s.Missing = append(s.Missing, command) }, lines...)
	}
	return []exchangeCase{
		with("all is well", row{}, func(*exchangeState) {},
			"ok        EwsEnabled (True): Macs:", "ok        EwsAllowedAppIDs (", "Summary: No problems found. Settings: 6 ok, 1 info, 0 not read."),
		with("as objects", row{"AsObject": true}, func(*exchangeState) {}, "State=ok"),
		setting("EwsEnabled", false, "problem   EwsEnabled (False)"),
		setting("EwsEnabled", nil, "problem   EwsEnabled (not set)"),
		setting("EwsEnabled", "Perhaps", "not read  EwsEnabled: could not be read: this script does not know the value Perhaps."),
		setting("OAuth2ClientProfileEnabled", false, "problem   OAuth2ClientProfileEnabled (False)"),
		setting("OAuth2ClientProfileEnabled", nil, "not read  OAuth2ClientProfileEnabled"),
		setting("DefaultAuthenticationPolicy", "Block\x1b[2J\nBasic", "info      Authentication policies (default: Block [2J Basic)"),
		missing("Get-AuthenticationPolicy", "not read  Authentication policies: could not be read: needs Get-AuthenticationPolicy",
			"Summary: No problems found in what could be read. Settings: 6 ok, 0 info, 1 not read."),
		missing("Get-ActiveSyncDeviceAccessRule", "not read  ActiveSync device rules", "ok        ActiveSync DefaultAccessLevel"),
		missing("Get-ActiveSyncOrganizationSettings", "not read  ActiveSync DefaultAccessLevel"),
		missing("Get-OrganizationConfig", "not read  EwsEnabled", "not read  EwsAllowedAppIDs", "not read  OAuth2ClientProfileEnabled",
			"ok        ActiveSync DefaultAccessLevel"),
		with("without the switch", row{}, func(s *exchangeState) { s.NoSwitch = true }, "ok        EwsEnabled",
			"not read  EwsAllowedAppIDs: could not be read: needs Get-OrganizationConfig -RetrieveEwsOperationAccessPolicy"),
	}
}

// ewsCases are those of the two lists that EWS must pass.
func ewsCases() []exchangeCase {
	list := func(enabled, list any, line string) exchangeCase {
		return with("the list", row{}, func(s *exchangeState) { s.Organization["EwsEnabled"], s.Lists = enabled, []any{list} }, line)
	}
	agents := func(policy string, entry string, line string) exchangeCase {
		return with("user agents", row{}, func(s *exchangeState) {
			s.Organization["EwsApplicationAccessPolicy"] = policy
			s.Organization["EwsAllowList"], s.Organization["EwsBlockList"] = []string{entry}, []string{entry}
		}, line)
	}
	return []exchangeCase{
		list(true, othersID, "problem   EwsAllowedAppIDs ("+othersID+")"),
		list(false, othersID, "info      EwsAllowedAppIDs"),
		list(nil, othersID, "info      EwsAllowedAppIDs"),
		list(true, nil, "problem   EwsAllowedAppIDs (not set): Macs: the list is empty."),
		list(true, " ", "problem   EwsAllowedAppIDs (not set)"),
		list(false, nil, "info      EwsAllowedAppIDs (not set)"),
		list(nil, nil, "info      EwsAllowedAppIDs (not set)"),
		list(true, []string{teamsID, "{" + appleID + "}"}, "ok        EwsAllowedAppIDs"),
		list(false, appleID, "info      EwsAllowedAppIDs"),
		list(nil, appleID, "info      EwsAllowedAppIDs"),
		agents("EnforceAllowList", "Outlook*", "problem   EwsApplicationAccessPolicy (EnforceAllowList: Outlook*)"),
		agents("EnforceAllowList", "macOS/*", "info      EwsApplicationAccessPolicy"),
		agents("EnforceAllowList", "*mac*", "info      EwsApplicationAccessPolicy"),
		agents("EnforceAllowList", "", "problem   EwsApplicationAccessPolicy (EnforceAllowList:)"),
		agents("EnforceBlockList", "*ExchangeWebServices*", "problem   EwsApplicationAccessPolicy"),
		agents("EnforceBlockList", "*Mac*", "problem   EwsApplicationAccessPolicy"),
		agents("EnforceBlockList", "*Exchange*", "problem   EwsApplicationAccessPolicy"),
		agents("EnforceBlockList", "*Mail*", "problem   EwsApplicationAccessPolicy"),
		agents("EnforceAllowList", "*Mail*", "info      EwsApplicationAccessPolicy"),
		agents("EnforceBlockList", "*", "problem   EwsApplicationAccessPolicy"),
		agents("EnforceBlockList", "MacOutlook/*", "ok        EwsApplicationAccessPolicy"),
		agents("EnforceNothing", "", "not read  EwsApplicationAccessPolicy"),
	}
}

// activeSyncCases are those of the rules about devices.
func activeSyncCases() []exchangeCase {
	access := func(level any, line string, rules ...row) exchangeCase {
		return with("ActiveSync", row{}, func(s *exchangeState) { s.AccessLevel, s.Rules = level, append(s.Rules, rules...) }, line)
	}
	rule := func(level, characteristic, query string) row {
		return row{"Name": query, "AccessLevel": level, "Characteristic": characteristic, "QueryString": query}
	}
	return []exchangeCase{
		access("Block", "problem   ActiveSync DefaultAccessLevel (Block)"),
		access("Quarantine", "problem   ActiveSync DefaultAccessLevel (Quarantine)"),
		access("Block", "info      ActiveSync DefaultAccessLevel (Block): iPhones: devices that no rule names are held back; a device rule allows: iPhone.",
			rule("Allow", "DeviceType", "iPhone")),
		access("Block", "problem   ActiveSync DefaultAccessLevel (Block)", rule("Allow", "DeviceType", "iPad")),
		access("Quarantine", "problem   ActiveSync DefaultAccessLevel (Quarantine)", rule("Allow", "DeviceType", "iPad")),
		access("Block", "problem   ActiveSync DefaultAccessLevel (Block)", rule("Allow", "UserAgent", "Apple-iPhone14C2/2107.84")),
		access("Block", "problem   ActiveSync DefaultAccessLevel (Block)", rule("Allow", "DeviceType", "Outlook for iOS and Android")),
		access("Block", "problem   ActiveSync DefaultAccessLevel (Block)", rule("Allow", "DeviceModel", "iPhone14C2")),
		access(nil, "not read  ActiveSync DefaultAccessLevel"),
		access("Allow", "ok        ActiveSync device rules (1)", rule("Block", "DeviceType", "Kiosk")),
		access("Allow", "problem   ActiveSync device rules (Quarantine DeviceType iPad)", rule("Quarantine", "DeviceType", "iPad")),
		access("Allow", "ok        ActiveSync device rules (1)", rule("Block", "UserAgent", "Outlook-iOS-Android/1.0")),
		access("Allow", "info      ActiveSync device rules (Block UserAgent Apple-iPhone9C1/1706.56)", rule("Block", "UserAgent", "Apple-iPhone9C1/1706.56")),
		access("Allow", "info      ActiveSync device rules (Block DeviceOS iOS 9.3)", rule("Block", "DeviceOS", "iOS 9.3")),
	}
}

// mailboxCases are those of "Settings of a mailbox".
func mailboxCases() []exchangeCase {
	of := row{"Mailbox": "adele@contoso.com"}
	setting := func(name string, value any, line string) exchangeCase {
		return with("mailbox "+name, of, func(s *exchangeState) { s.Mailbox[name] = value }, line)
	}
	device := func(line string, changes row) exchangeCase {
		return with("a device", of, func(s *exchangeState) {
			for name, value := range changes {
				s.Devices[0][name] = value
			}
		}, line)
	}
	plan := func(plan any, line string) exchangeCase {
		return with("the plan", of, func(s *exchangeState) { s.Plan = plan }, line)
	}
	return []exchangeCase{
		with("a good mailbox", of, func(*exchangeState) {}, "ok        Mailbox ActiveSyncEnabled", "ok        Mailbox EwsEnabled",
			"ok        Mailbox devices", "ok        Mailbox ActiveSync versions (16.1)", "ok        Mailbox plan",
			"Summary: No problems found. Settings: 12 ok, 1 info, 0 not read."),
		with("no such mailbox", of, func(s *exchangeState) { s.Mailbox = nil },
			"not read  Mailbox ActiveSyncEnabled: could not be read: Get-CASMailbox failed", "ok        Mailbox plan"),
		setting("ActiveSyncEnabled", false, "problem   Mailbox ActiveSyncEnabled (False)"),
		setting("EwsEnabled", false, "problem   Mailbox EwsEnabled (False)"),
		setting("EwsEnabled", nil, "info      Mailbox EwsEnabled (not set)"),
		setting("EwsApplicationAccessPolicy", "EnforceAllowList", "problem   Mailbox EwsApplicationAccessPolicy"),
		device("problem   Mailbox devices (iPhone14C2 Quarantined)", row{"DeviceAccessState": "Quarantined"}),
		device("problem   Mailbox ActiveSync versions (14.1)", row{"ClientVersion": "14.1"}),
		device("info      Mailbox ActiveSync versions (not set)", row{"ClientVersion": nil}),
		device("info      Mailbox devices (none of Apple's)", row{"ClientType": "Outlook", "DeviceAccessState": "Blocked"}),
		device("info      Mailbox devices (none of Apple's)", row{"DeviceType": "Android", "DeviceModel": "A", "DeviceAccessState": "Blocked"}),
		device("info      Mailbox devices (none of Apple's)", row{"ClientType": nil, "DeviceType": "Outlook", "DeviceModel": "Outlook for iOS and Android", "DeviceOS": "iOS 26.1"}),
		plan("ExchangeOnlineDeskless-1", "problem   Mailbox plan (ExchangeOnlineDeskless-1)"),
		plan(nil, "info      Mailbox plan (not set)"),
	}
}

// allowCases are those of "-AllowApple", but for what takes somebody at a terminal.
func allowCases() []exchangeCase {
	parameters := row{"AllowApple": true, "Confirm": false}
	adds := func(name string, written, line string, change func(*exchangeState)) exchangeCase {
		c := with(name, parameters, func(s *exchangeState) { s.Lists = []any{othersID}; change(s) }, line)
		c.written = []string{written}
		return c
	}
	idle := func(name string, line string, lists ...any) exchangeCase {
		return with(name, parameters, func(s *exchangeState) { s.Lists = lists }, line)
	}
	refuses := func(name, failure string, change func(*exchangeState)) exchangeCase {
		c := with(name, parameters, func(s *exchangeState) { s.Lists = []any{othersID}; change(s) }, "Summary: ")
		c.failure = failure
		return c
	}
	enabled := func(value any) func(*exchangeState) {
		return func(s *exchangeState) { s.Organization["EwsEnabled"] = value }
	}
	lists := func(lists ...any) func(*exchangeState) { return func(s *exchangeState) { s.Lists = lists } }
	const all, more = othersID + "," + appleID, othersID + "," + teamsID
	whatIf := idle("-WhatIf", "Nothing was changed.", othersID)
	whatIf.Parameters = row{"AllowApple": true, "WhatIf": true}
	loaded := refuses("Graph's module is loaded", "Microsoft Graph is loaded", func(s *exchangeState) { s.GraphLoaded = true })
	loaded.lines = nil
	return []exchangeCase{
		adds("it adds", all, "Added: ", func(*exchangeState) {}),
		adds("to a collection", all, "Added: ", lists([]string{teamsID, backupID})),
		adds("with what is no ID", "x,"+all, "Added: ", lists("x; "+othersID)),
		adds("to what is there by then", more+","+appleID, "Added: ", lists(othersID, othersID, more)),
		adds("and it is late", all, "Sent, and not visible yet", func(s *exchangeState) { s.Late = true }),
		idle("it is there", "Nothing to do: Apple's", teamsID+",{"+appleID+"}"),
		idle("it is there by then", "Nothing to do: somebody else", othersID, othersID, all),
		whatIf, loaded,
		refuses("an empty list", "is empty", lists("")),
		refuses("no list", "is empty", lists(nil)),
		refuses("no ID", "holds no application ID", lists("all")),
		refuses("a list that is empty by then", "is empty", lists(othersID, othersID, "")),
		refuses("EWS is off", "EwsEnabled is not True (False)", enabled(false)),
		refuses("EWS is not set", "EwsEnabled is not True (not set)", enabled(nil)),
		refuses("EWS is off, and it is there", "EwsEnabled is not True", func(s *exchangeState) { enabled(false)(s); lists(appleID)(s) }),
		refuses("the list cannot be read", "could not be read: needs Get-OrganizationConfig -Retrieve", func(s *exchangeState) {
			s.NoSwitch = true
		}),
		refuses("it may not write", "needs Set-OrganizationConfig", func(s *exchangeState) {
			s.Missing = []string{"Set-OrganizationConfig"}
		}),
		refuses("the write fails", "Set-OrganizationConfig failed: the write failed", func(s *exchangeState) { s.WriteFails = true }),
	}
}

// connectionCases are those of "The connection".
func connectionCases() []exchangeCase {
	const other = "11111111-0000-4000-8000-000000000000"
	refuses := func(name, failure string, parameters row, open int, change func(*exchangeState)) exchangeCase {
		c := with(name, parameters, change)
		c.failure, c.open = failure, open
		return c
	}
	stands := func(rows ...row) func(*exchangeState) {
		return func(s *exchangeState) { s.Open = append(s.Open, rows...) }
	}
	good := row{"TenantID": exchangeFacts().Tenant.ID, "UserPrincipalName": "a@contoso.com"}
	use, customer := row{"UseExistingConnection": true}, row{"DelegatedOrganization": "contoso.com"}
	used := with("the one that stands", use, stands(good), "Summary: No problems found.")
	used.open = 1
	return []exchangeCase{
		used,
		refuses("one stands", "add -UseExistingConnection. To end it, run: Disconnect-ExchangeOnline", row{}, 1, stands(good)),
		refuses("none stands", "no connection", use, 0, stands()),
		refuses("two stand", "There are 2 connections", use, 2, stands(good, good)),
		refuses("it is another", "Security & Compliance", use, 1, stands(row{"TenantID": good["TenantID"], "IsEopSession": true})),
		refuses("its commands have a prefix", "have the prefix EXO", use, 1, stands(row{"TenantID": good["TenantID"], "ModulePrefix": "EXO"})),
		refuses("another tenant", "Connected to tenant "+other, row{}, 0, func(s *exchangeState) { s.Tenant = other }),
		refuses("another tenant that stands", "Connected to tenant "+other, use, 1, stands(row{"TenantID": other})),
		refuses("the sign-in fails", "sign-in failed", row{}, 0, func(s *exchangeState) { s.ConnectFails = true }),
		refuses("no module", "Install-Module ExchangeOnlineManagement", row{}, 0, func(s *exchangeState) {
			s.Missing = []string{"Get-ConnectionInformation", "Connect-ExchangeOnline"}
		}),
		with("a customer", customer, func(s *exchangeState) { s.Tenant = other }, "Summary: No problems found."),
		refuses("another customer", "initial domain fabrikam.onmicrosoft.com instead of contoso.", customer, 0, func(s *exchangeState) {
			s.Domains = []row{{"DomainName": "fabrikam.onmicrosoft.com", "InitialDomain": true}}
		}),
		refuses("a partner's connection that stands", "initial domain fabrikam.onmicrosoft.com", use, 1, func(s *exchangeState) {
			s.Open = []row{{"TenantID": good["TenantID"], "DelegatedOrganization": "fabrikam.com"}}
			s.Domains = []row{{"DomainName": "fabrikam.onmicrosoft.com", "InitialDomain": true}}
		}),
		refuses("a customer whose domains cannot be read", "needs Get-AcceptedDomain", customer, 0, func(s *exchangeState) {
			s.Missing = []string{"Get-AcceptedDomain"}
		}),
		with("Graph's module is loaded, to read", row{}, func(s *exchangeState) { s.GraphLoaded = true }, "Summary: No problems found."),
	}
}
