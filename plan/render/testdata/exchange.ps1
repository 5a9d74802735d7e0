#Requires -Version 5.1

<#
.SYNOPSIS
    Shows what in Exchange Online decides whether Apple's mail client works in one tenant, for iPhones and for Macs.

.DESCRIPTION
    Reads the settings and changes nothing, unless -AllowApple is given. Each setting is one line: its state, its value, and
    what it means for iPhones or Macs. The last line is a summary. The states:

    ok        it lets Apple's mail client work
    problem   it blocks Apple's mail client, or may do so
    info      it decides nothing by itself
    not read  it could not be read; the line says what is needed. It may be anything

    It signs in, and signs out again at the end. Needs Windows PowerShell 5.1 or PowerShell 7 with the module
    ExchangeOnlineManagement 3.0 or later (Install-Module ExchangeOnlineManagement), and for a person the Entra role Global
    Reader; for -AllowApple the role Exchange Administrator. In one PowerShell window Exchange Online and Microsoft Graph do
    not work side by side: use a window of its own.

.PARAMETER Mailbox
    A mailbox to look at besides: its protocols, its devices and its mailbox plan.

.PARAMETER AllowApple
    Adds Apple's application ID to EwsAllowedAppIDs, after a question. All IDs that are in the list stay as they are. It
    refuses if the list is empty or cannot be read, or if EwsEnabled is not True: with a first entry in the list, every other
    EWS application can be locked out. It never changes EwsEnabled. -WhatIf shows what it would do, -Confirm:$false does not
    ask.

.PARAMETER UseExistingConnection
    Use the connection to Exchange Online of this window, such as one of an application with a certificate. It stays open.

.PARAMETER Device
    Sign in with a device code. Needs PowerShell 7.

.PARAMETER DelegatedOrganization
    For partners: a domain of the customer, as Connect-ExchangeOnline takes it.

.PARAMETER AsObject
    Return one object for each setting, with Name, Value, State and Meaning, instead of lines.

.EXAMPLE
    .\exchange.ps1 -Mailbox adele@contoso.com

.EXAMPLE
    .\exchange.ps1 -AllowApple -WhatIf
#>

# Origin: Made by appleconsent test doctor on 2026-11-18 14:04:05 UTC.
# Tenant: Contoso
# Tenant ID: 7e000000-0000-4000-8000-000000000000
# Application: Apple Internet Accounts

[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    [ValidateNotNullOrEmpty()] [string] $Mailbox,
    [switch] $AllowApple,
    [switch] $UseExistingConnection,
    [switch] $Device,
    [ValidateNotNullOrEmpty()] [string] $DelegatedOrganization,
    [switch] $AsObject
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

$TenantId = '7e000000-0000-4000-8000-000000000000'
$TenantName = 'Contoso'
$InitialDomain = 'contoso.onmicrosoft.com'
$ExchangeEnvironment = ''
$AppleAppId = 'f8d98a96-0999-43f5-8af3-69971c7bb423'
$HowToFind = 'Find the other applications that use EWS first: https://aka.ms/ewsIdentifyApps'
$NoInitialDomain = 'doctor could not read the initial domain of the tenant; make the script again with the permission Directory.Read.All.'
$LeftOut = '' # a pattern of the settings that concern devices nobody asked about
$Connected = $false # by this script

# Text from outside, in one line and without what acts on a terminal.
function Format-Text($Value) {
    $text = @($Value | ForEach-Object { [string] $_ }) -join ', '
    $text = [regex]::Replace($text, '[\p{C}\p{Zl}\p{Zp}-[\p{Cs}]]+', ' ').Trim()
    if ($text.Length -gt 300) {
        return $text.Substring(0, 300) + ' ...'
    }
    return $text
}

# Texts are compared by code unit and without regard to case; -eq would also skip characters that are not seen.
function Test-Same([string] $One, [string] $Other) {
    return [string]::Equals($One, $Other, [System.StringComparison]::OrdinalIgnoreCase)
}

function Test-Pattern([string] $Text, [string] $Pattern) {
    return [regex]::IsMatch($Text, $Pattern, [System.Text.RegularExpressions.RegexOptions] 'IgnoreCase, CultureInvariant')
}

# Returns a property, whose Value can be read then; nothing if the object lacks it.
function Find-Property($Object, [string] $Name) {
    if ($null -eq $Object) {
        return
    }
    if ($Object -isnot [hashtable]) {
        return $Object.PSObject.Properties[$Name]
    }
    if ($Object.ContainsKey($Name)) {
        return @{ Value = $Object[$Name] }
    }
}

# Tells whether a module is loaded in this PowerShell process, or was: what it has loaded stays.
function Test-Loaded([string] $Module, [string] $Assembly) {
    $loaded = @(Get-Module -Name $Module)
    $loaded += @([System.AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { Test-Pattern $_.FullName $Assembly })
    return $loaded.Count -gt 0
}

function Test-SameGuid([string] $One, [string] $Other) {
    $first = [guid]::Empty
    $second = [guid]::Empty
    return [guid]::TryParse($One, [ref] $first) -and [guid]::TryParse($Other, [ref] $second) -and $first.Equals($second)
}

function Find-Exchange([string] $Name) {
    Get-Command -Name $Name -CommandType 'Function', 'Cmdlet' -ErrorAction SilentlyContinue | Select-Object -First 1
}

# Tells what is lacking for a call; empty: nothing. What a role does not allow does not exist, neither commands nor parameters.
function Get-Lack([string] $Name, [hashtable] $Arguments) {
    $command = Find-Exchange $Name
    if ($null -eq $command) {
        return 'needs {0}, which the roles of this account do not have (Global Reader can read, Exchange Administrator can write)' -f $Name
    }
    foreach ($parameter in $Arguments.Keys) {
        if (-not $command.Parameters.ContainsKey($parameter)) {
            return 'needs {0} -{1}, which the roles of this account or this version of the module do not have' -f $Name, $parameter
        }
    }
    return ''
}

# Calls a command of Exchange Online, which is a function of a script module: its errors end nothing without -ErrorAction Stop.
# Questions are asked by this script alone. The parameters of Optional are left out where they do not exist.
function Invoke-Exchange([string] $Name, [hashtable] $Arguments, [hashtable] $Optional) {
    $lack = Get-Lack $Name $Arguments
    if ($lack.Length -gt 0) {
        throw $lack
    }
    $command = Find-Exchange $Name
    $all = $Arguments.Clone()
    $extra = $Optional.Clone()
    $extra['Confirm'] = $false
    $extra['WhatIf'] = $false
    foreach ($parameter in $extra.Keys) {
        if ($command.Parameters.ContainsKey($parameter)) {
            $all[$parameter] = $extra[$parameter]
        }
    }
    & $Name @all -ErrorAction Stop | Where-Object { $null -ne $_ }
}

# Returns the rows that a command reads, or why it could not. It never ends the script.
function Read-Exchange([string] $Name, [hashtable] $Arguments) {
    try {
        $lack = Get-Lack $Name $Arguments
        if ($lack.Length -gt 0) {
            return @{ Rows = @(); Failure = $lack }
        }
        $rows = @(Invoke-Exchange $Name $Arguments @{})
        return @{ Rows = $rows; Failure = '' }
    }
    catch {
        return @{ Rows = @(); Failure = '{0} failed: {1}' -f $Name, (Format-Text $_.Exception.Message) }
    }
}

# Returns a property of the one row that was read, or why there is none.
function Get-Setting($Reading, [string] $Property) {
    if ($Reading.Failure.Length -gt 0) {
        return @{ Value = $null; Failure = $Reading.Failure }
    }
    if ($Reading.Rows.Count -ne 1) {
        return @{ Value = $null; Failure = 'Exchange returned {0} objects instead of one' -f $Reading.Rows.Count }
    }
    $found = Find-Property $Reading.Rows[0] $Property
    if ($null -eq $found) {
        return @{ Value = $null; Failure = 'needs {0}, which Exchange did not return' -f $Property }
    }
    return @{ Value = $found.Value; Failure = '' }
}

# Returns a property as text; empty if it is not there.
function Get-Text($Row, [string] $Property) {
    $found = Find-Property $Row $Property
    if ($null -eq $found) {
        return ''
    }
    return [string] $found.Value
}

# Returns on, off, unset or unknown.
function Get-Switch($Value) {
    $text = [string] $Value
    if ($text.Length -eq 0) {
        return 'unset'
    }
    if (Test-Same $text 'True') {
        return 'on'
    }
    if (Test-Same $text 'False') {
        return 'off'
    }
    return 'unknown'
}

function New-Check([string] $Name, $Value, [string] $State, [string] $Meaning) {
    $shown = Format-Text $Value
    if ($shown.Length -eq 0) {
        $shown = 'not set'
    }
    [pscustomobject] @{ Name = $Name; Value = $shown; State = $State; Meaning = $Meaning }
}

function New-Unread([string] $Name, [string] $Failure) {
    [pscustomobject] @{ Name = $Name; Value = ''; State = 'not read'; Meaning = 'could not be read: {0}.' -f $Failure.TrimEnd('.') }
}

# A value that this script does not know is not taken for anything.
function New-Unknown([string] $Name, $Value) {
    $shown = Format-Text $Value
    if ($shown.Length -eq 0) {
        return New-Unread $Name 'Exchange shows no value'
    }
    New-Unread $Name ('this script does not know the value {0}' -f $shown)
}

# Judges a switch by a table of state and meaning.
function Test-Switch([string] $Name, $Setting, [hashtable] $Judgments) {
    if ($Setting.Failure.Length -gt 0) {
        return New-Unread $Name $Setting.Failure
    }
    $state = Get-Switch $Setting.Value
    if (-not $Judgments.ContainsKey($state)) {
        return New-Unknown $Name $Setting.Value
    }
    New-Check $Name $Setting.Value $Judgments[$state][0] $Judgments[$state][1]
}

function Test-EwsEnabled($Organization) {
    Test-Switch 'EwsEnabled' (Get-Setting $Organization 'EwsEnabled') @{
        on = 'ok', 'Macs: EWS is on for the organization. It ends on 1 April 2027. iPhones do not use EWS.'
        off = 'problem', 'Macs: EWS is off; Mail, Calendar and Contacts that use it get nothing. iPhones do not use EWS.'
        unset = 'problem', 'Macs: Microsoft switches EWS off tenant by tenant since October 2026 where this is not set. iPhones do not use EWS.'
    }
}

# The list is one string of IDs, separated by commas, or a collection. Each ID is kept as it is.
function Split-List($Value) {
    foreach ($text in @($Value)) {
        foreach ($id in @(([string] $text) -split '[,;\s]+')) {
            if ($id.Length -gt 0) {
                $id
            }
        }
    }
}

# Without -RetrieveEwsOperationAccessPolicy the list always looks empty.
function Read-List {
    Get-Setting (Read-Exchange 'Get-OrganizationConfig' @{ RetrieveEwsOperationAccessPolicy = $true }) 'EwsAllowedAppIDs'
}

function Test-ListHolds($Ids, [string] $Id) {
    return @($Ids | Where-Object { (Test-SameGuid $_ $Id) -or (Test-Same $_ $Id) }).Count -gt 0
}

function Test-List($Organization) {
    $list = Read-List
    if ($list.Failure.Length -gt 0) {
        return New-Unread 'EwsAllowedAppIDs' $list.Failure
    }
    $ids = @(Split-List $list.Value)
    $holds = 'empty'
    if (Test-ListHolds $ids $AppleAppId) {
        $holds = 'Apple'
    }
    elseif ($ids.Count -gt 0) {
        $holds = 'others'
    }
    $enabled = Get-Setting $Organization 'EwsEnabled'
    $state = 'unknown'
    if ($enabled.Failure.Length -eq 0) {
        $state = Get-Switch $enabled.Value
    }
    $judgments = @{
        'Apple on' = 'ok', 'Macs: Apple''s application is in the list.'
        'Apple off' = 'info', 'Macs: Apple''s application is in the list, which has no effect while EwsEnabled is False.'
        'Apple unset' = 'info', 'Macs: Apple''s application is in the list, which is ignored while EwsEnabled is not set.'
        'Apple unknown' = 'info', 'Macs: Apple''s application is in the list. EwsEnabled decides whether that has an effect.'
        'others on' = 'problem', 'Macs: Apple''s application is not in the list, so that EWS is blocked for it. -AllowApple adds it.'
        'others off' = 'info', 'Macs: Apple''s application is not in the list, which has no effect while EwsEnabled is False.'
        'others unset' = 'info', 'Macs: Apple''s application is not in the list, which is ignored while EwsEnabled is not set.'
        'others unknown' = 'problem', 'Macs: Apple''s application is not in the list. If EwsEnabled is True, EWS is blocked for it.'
        'empty on' = 'problem', ('Macs: the list is empty. Since October 2026 that may block EWS for every application. {0}' -f $HowToFind)
        'empty off' = 'info', 'Macs: the list is empty, which has no effect while EwsEnabled is False.'
        'empty unset' = 'info', 'Macs: the list is empty, and is ignored while EwsEnabled is not set.'
        'empty unknown' = 'problem', 'Macs: the list is empty. If EwsEnabled is True, that may block EWS for every application since October 2026.'
    }
    $judgment = $judgments[('{0} {1}' -f $holds, $state)]
    New-Check 'EwsAllowedAppIDs' ($ids -join ',') $judgment[0] $judgment[1]
}

# Apple does not publish the user agents of its EWS clients; all that were seen look like one of these. An entry can have *.
function Test-AppleUserAgent($Entries) {
    $seen = @(
        'macOS/26.1 (25B78) ExchangeWebServices/1.0', 'Mac+OS+X/10.15.7 (19H2) ExchangeWebServices/14.0', 'Mac OS X/10.15.7 (19H2)'
        'Mac OS X/10.9.5 (13F34) Mail/1878.6', 'macOS/12.6 (21G115) CalendarAgent/960.7', 'macOS/12.6 (21G115) AddressBookCore/1'
    )
    foreach ($entry in @($Entries)) {
        $pattern = '^{0}$' -f [regex]::Escape($entry).Replace('\*', '.*')
        $matched = @($seen | Where-Object { Test-Pattern $_ $pattern })
        if ($matched.Count -gt 0 -or (Test-Pattern $entry '\bExchangeWebServices|\bMac[ +]OS|\bmacOS')) {
            return $true
        }
    }
    return $false
}

# EWS must be let through by the list of IDs and by this policy, which the organization and each mailbox have.
function Test-UserAgentPolicy([string] $Name, $Reading) {
    $policy = Get-Setting $Reading 'EwsApplicationAccessPolicy'
    if ($policy.Failure.Length -gt 0) {
        return New-Unread $Name $policy.Failure
    }
    $property = 'EwsAllowList'
    if (Test-Same ([string] $policy.Value) 'EnforceBlockList') {
        $property = 'EwsBlockList'
    }
    elseif (([string] $policy.Value).Length -eq 0) {
        return New-Check $Name $policy.Value 'ok' 'Macs: no policy by user agent is in force.'
    }
    elseif (-not (Test-Same ([string] $policy.Value) 'EnforceAllowList')) {
        return New-Unknown $Name $policy.Value
    }
    $list = Get-Setting $Reading $property
    if ($list.Failure.Length -gt 0) {
        return New-Unread $Name $list.Failure
    }
    $entries = @(@($list.Value) | ForEach-Object { [string] $_ } | Where-Object { $_.Length -gt 0 })
    $listed = Test-AppleUserAgent $entries
    $state = 'info'
    $meaning = 'Macs: only user agents in {0} can use EWS. An entry looks like Apple''s; compare it with what your Macs send.' -f $property
    if ($property -ceq 'EwsBlockList' -and $listed) {
        $state = 'problem'
        $meaning = 'Macs: an entry of EwsBlockList looks like Apple''s user agent, which is blocked from EWS.'
    }
    elseif ($property -ceq 'EwsBlockList') {
        $state = 'ok'
        $meaning = 'Macs: no entry of EwsBlockList looks like Apple''s user agent.'
    }
    elseif (-not $listed) {
        $state = 'problem'
        $meaning = 'Macs: only user agents in EwsAllowList can use EWS, and no entry looks like Apple''s.'
    }
    New-Check $Name ('{0}: {1}' -f $policy.Value, ($entries -join ', ')) $state $meaning
}

# Outlook on an iPhone is another client, also where it names the system.
function Test-AppleWord([string] $Text) {
    return (Test-Pattern $Text '\b(iPhone|iPad|iPod|iOS|Apple)') -and -not (Test-Pattern $Text '\bOutlook')
}

# Returns the device rules about Apple's devices that have one of the levels.
function Select-AppleRule($Rules, [string[]] $Levels) {
    foreach ($rule in @($Rules.Rows)) {
        $level = Get-Text $rule 'AccessLevel'
        if (@($Levels | Where-Object { Test-Same $_ $level }).Count -gt 0 -and (Test-AppleWord (Get-Text $rule 'QueryString'))) {
            $rule
        }
    }
}

# Tells whether a rule is about all devices of a kind. Rules match the whole text, so that one by model, user agent or system is about one
# model or version.
function Test-BroadRule($Rule) {
    return Test-Same (Get-Text $Rule 'Characteristic') 'DeviceType'
}

function Test-DefaultAccess($Rules) {
    $name = 'ActiveSync DefaultAccessLevel'
    $default = Get-Setting (Read-Exchange 'Get-ActiveSyncOrganizationSettings' @{}) 'DefaultAccessLevel'
    if ($default.Failure.Length -gt 0) {
        return New-Unread $name $default.Failure
    }
    $level = [string] $default.Value
    if (Test-Same $level 'Allow') {
        return New-Check $name $level 'ok' 'iPhones: devices that no rule names can use ActiveSync.'
    }
    $allowing = @(Select-AppleRule $Rules @('Allow') | Where-Object { Test-BroadRule $_ })
    $phones = @($allowing | Where-Object { Test-Same (Get-Text $_ 'QueryString') 'iPhone' }) # iPads do not help them
    if ((Test-Same $level 'Block') -and $phones.Count -eq 0) {
        return New-Check $name $level 'problem' 'iPhones: devices that no rule names are blocked; Mail cannot verify the account.'
    }
    if ((Test-Same $level 'Quarantine') -and $phones.Count -eq 0) {
        return New-Check $name $level 'problem' 'iPhones: new devices get no mail until an admin allows them.'
    }
    if ((Test-Same $level 'Block') -or (Test-Same $level 'Quarantine')) {
        $kinds = Format-Text @($allowing | ForEach-Object { Get-Text $_ 'QueryString' })
        return New-Check $name $level 'info' ('iPhones: devices that no rule names are held back; a device rule allows: {0}.' -f $kinds)
    }
    New-Unknown $name $level
}

function Test-DeviceRule($Rules) {
    $name = 'ActiveSync device rules'
    if ($Rules.Failure.Length -gt 0) {
        return New-Unread $name $Rules.Failure
    }
    $against = @(Select-AppleRule $Rules @('Block', 'Quarantine'))
    if ($against.Count -eq 0) {
        return New-Check $name ([string] @($Rules.Rows).Count) 'ok' 'iPhones: no rule blocks or quarantines Apple''s devices.'
    }
    $shown = @($against | ForEach-Object {
        '{0} {1} {2}' -f (Get-Text $_ 'AccessLevel'), (Get-Text $_ 'Characteristic'), (Get-Text $_ 'QueryString')
    })
    if (@($against | Where-Object { Test-BroadRule $_ }).Count -gt 0) {
        return New-Check $name $shown 'problem' 'iPhones: a rule blocks or quarantines Apple''s devices.'
    }
    New-Check $name $shown 'info' 'iPhones: rules hold back single models or versions of the system.'
}

function Test-AuthenticationPolicy($Organization) {
    $name = 'Authentication policies'
    $policies = Read-Exchange 'Get-AuthenticationPolicy' @{}
    if ($policies.Failure.Length -gt 0) {
        return New-Unread $name $policies.Failure
    }
    $default = Get-Setting $Organization 'DefaultAuthenticationPolicy'
    $shown = @($policies.Rows | ForEach-Object { Get-Text $_ 'Name' })
    if (([string] $default.Value).Length -gt 0) {
        $shown += 'default: {0}' -f $default.Value
    }
    New-Check $name $shown 'info' 'iPhones, Macs: they switch basic authentication, which Exchange Online has off anyway. Apple''s client needs OAuth.'
}

function Get-OrganizationCheck {
    $organization = Read-Exchange 'Get-OrganizationConfig' @{}
    $rules = Read-Exchange 'Get-ActiveSyncDeviceAccessRule' @{}
    Test-EwsEnabled $organization
    Test-List $organization
    Test-UserAgentPolicy 'EwsApplicationAccessPolicy' $organization
    Test-DefaultAccess $rules
    Test-DeviceRule $rules
    Test-Switch 'OAuth2ClientProfileEnabled' (Get-Setting $organization 'OAuth2ClientProfileEnabled') @{
        on = 'ok', 'iPhones, Macs: modern authentication is on.'
        off = 'problem', 'iPhones, Macs: modern authentication is off; devices ask for a password and never show Microsoft''s page.'
    }
    Test-AuthenticationPolicy $organization
}

# Apple's own client on a phone.
function Test-AppleDevice($Row) {
    $client = Get-Text $Row 'ClientType'
    if ($client.Length -gt 0 -and -not (Test-Same $client 'EAS')) {
        return $false
    }
    $told = @('DeviceType', 'DeviceModel', 'DeviceOS', 'DeviceUserAgent' | ForEach-Object { Get-Text $Row $_ }) -join ' '
    return Test-AppleWord $told
}

function Test-DeviceState($Devices) {
    $name = 'Mailbox devices'
    if ($Devices.Failure.Length -gt 0) {
        return New-Unread $name $Devices.Failure
    }
    $apple = @($Devices.Rows | Where-Object { Test-AppleDevice $_ })
    if ($apple.Count -eq 0) {
        return New-Check $name 'none of Apple''s' 'info' 'iPhones: none has synchronized with this mailbox by ActiveSync.'
    }
    $shown = @($apple | ForEach-Object { '{0} {1}' -f (Get-Text $_ 'DeviceModel'), (Get-Text $_ 'DeviceAccessState') })
    $held = @($apple | Where-Object { Test-Pattern (Get-Text $_ 'DeviceAccessState') '^(Blocked|Quarantined)$' })
    if ($held.Count -gt 0) {
        return New-Check $name $shown 'problem' 'iPhones: devices of this mailbox are blocked or in quarantine.'
    }
    New-Check $name $shown 'ok' 'iPhones: no device of this mailbox is blocked or in quarantine.'
}

function Test-DeviceVersion($Devices) {
    $name = 'Mailbox ActiveSync versions'
    if ($Devices.Failure.Length -gt 0) {
        return New-Unread $name $Devices.Failure
    }
    $old = @()
    $shown = @()
    foreach ($row in @($Devices.Rows | Where-Object { Test-AppleDevice $_ })) {
        $version = New-Object System.Version
        $text = Get-Text $row 'ClientVersion'
        $shown += $text
        if ([version]::TryParse($text, [ref] $version) -and $version -lt [version] '16.1') {
            $old += $text
        }
    }
    $shown = @($shown | Where-Object { $_.Length -gt 0 } | Sort-Object -Unique)
    if ($old.Count -gt 0) {
        return New-Check $name $shown 'problem' 'iPhones: ActiveSync below 16.1 is refused since March 2026 (MC1197103); iOS 10 and later speak 16.1.'
    }
    if ($shown.Count -eq 0) {
        return New-Check $name '' 'info' 'iPhones: Exchange shows no version.'
    }
    New-Check $name $shown 'ok' 'iPhones: no device is known to use a version below 16.1.'
}

function Test-MailboxPlan {
    $name = 'Mailbox plan'
    $plan = Get-Setting (Read-Exchange 'Get-Mailbox' @{ Identity = $Mailbox }) 'MailboxPlan'
    if ($plan.Failure.Length -gt 0) {
        return New-Unread $name $plan.Failure
    }
    $text = [string] $plan.Value
    if ($text.Length -eq 0) {
        return New-Check $name $text 'info' 'Macs: Exchange shows no plan. With Kiosk, F1 or F3 as the only licence, EWS is refused.'
    }
    if (Test-Pattern $text 'Deskless|Kiosk') {
        return New-Check $name $text 'problem' 'Macs: EWS is refused since summer 2026 for those who have no other licence than Kiosk, F1 or F3 (MC1191578).'
    }
    New-Check $name $text 'ok' 'Macs: this is not the plan of Kiosk, F1 and F3.'
}

function Get-MailboxCheck {
    $cas = Read-Exchange 'Get-CASMailbox' @{ Identity = $Mailbox }
    $devices = Read-Exchange 'Get-MobileDevice' @{ Mailbox = $Mailbox }
    Test-Switch 'Mailbox ActiveSyncEnabled' (Get-Setting $cas 'ActiveSyncEnabled') @{
        on = 'ok', 'iPhones: ActiveSync is on for this mailbox.'
        off = 'problem', 'iPhones: ActiveSync is off for this mailbox; Mail says that it cannot verify the account.'
    }
    Test-Switch 'Mailbox EwsEnabled' (Get-Setting $cas 'EwsEnabled') @{
        on = 'ok', 'Macs: EWS is on for this mailbox. The organization must have it on, too.'
        off = 'problem', 'Macs: EWS is off for this mailbox.'
        unset = 'info', 'Macs: not set for this mailbox; the organization decides.'
    }
    Test-UserAgentPolicy 'Mailbox EwsApplicationAccessPolicy' $cas
    Test-DeviceState $devices
    Test-DeviceVersion $devices
    Test-MailboxPlan
}

# In one process the modules of Exchange Online and of Microsoft Graph get in each other's way.
function Test-GraphLoaded {
    if (-not (Test-Loaded 'Microsoft.Graph*' '^Microsoft\.Graph\.Authentication\b')) {
        return
    }
    $text = 'The module of Microsoft Graph is loaded in this PowerShell window, in which Exchange Online may fail.'
    if ($AllowApple) {
        throw ($text + ' Nothing was changed. Run this script in a new window.')
    }
    Write-Warning ($text + ' If so, run this script in a new window.')
}

function Get-Connection {
    if ($null -eq (Find-Exchange 'Get-ConnectionInformation')) {
        throw 'needs the module ExchangeOnlineManagement 3.0 or later: Install-Module ExchangeOnlineManagement'
    }
    Invoke-Exchange 'Get-ConnectionInformation' @{} @{}
}

function Connect-PlannedTenant {
    if ($DelegatedOrganization.Length -gt 0 -and $InitialDomain.Length -eq 0) {
        throw ('-DelegatedOrganization cannot be checked. {0}' -f $NoInitialDomain)
    }
    $open = @(Get-Connection)
    if ($UseExistingConnection) {
        if ($open.Count -eq 0) {
            throw 'There is no connection to Exchange Online in this window. Run the script without -UseExistingConnection.'
        }
    }
    elseif ($open.Count -gt 0) {
        throw ('There is a connection to Exchange Online in this window already ({0}). {1}' -f
            (Format-Text (Get-Text $open[0] 'UserPrincipalName')),
            'To use it, add -UseExistingConnection. To end it, run: Disconnect-ExchangeOnline -Confirm:$false')
    }
    else {
        Connect-Own
    }
    Confirm-Tenant
}

function Connect-Own {
    $arguments = @{}
    if ($ExchangeEnvironment.Length -gt 0) {
        $arguments['ExchangeEnvironmentName'] = $ExchangeEnvironment
    }
    if ($DelegatedOrganization.Length -gt 0) {
        $arguments['DelegatedOrganization'] = $DelegatedOrganization
    }
    if ($Device) {
        $arguments['Device'] = $true
        if ((Get-Lack 'Connect-ExchangeOnline' @{ Device = $true }).Length -gt 0) {
            throw 'Signing in with a device code needs PowerShell 7. Leave out -Device, or run this script with pwsh.'
        }
    }
    $commands = @(
        'Get-AcceptedDomain', 'Get-ActiveSyncDeviceAccessRule', 'Get-ActiveSyncOrganizationSettings', 'Get-AuthenticationPolicy'
        'Get-CASMailbox', 'Get-Mailbox', 'Get-MobileDevice', 'Get-OrganizationConfig'
    )
    if ($AllowApple) {
        $commands += 'Set-OrganizationConfig'
    }
    $script:Connected = $true # also if it fails halfway
    # What it says, such as a device code, is to be seen, and is no result of this script.
    Invoke-Exchange 'Connect-ExchangeOnline' $arguments @{ ShowBanner = $false; CommandName = $commands } | Out-Host
}

function Disconnect-Own {
    try {
        $null = Invoke-Exchange 'Disconnect-ExchangeOnline' @{} @{}
    }
    catch {
        Write-Warning ('The connection to Exchange Online could not be ended: {0}' -f (Format-Text $_.Exception.Message))
    }
}

# Nothing is believed before it is sure that it is about the planned tenant. Whose ID a connection for a partner shows is not
# documented: there the initial domain decides.
function Confirm-Tenant {
    $open = @(Get-Connection)
    if ($open.Count -ne 1) {
        throw ('There are {0} connections to Exchange Online in this window, and not exactly one. Nothing was changed. {1}' -f
            $open.Count, 'End them and run the script again: Disconnect-ExchangeOnline -Confirm:$false')
    }
    if (Test-Same (Get-Text $open[0] 'IsEopSession') 'True') {
        throw 'The connection is one to Security & Compliance PowerShell, not to Exchange Online.'
    }
    $prefix = Format-Text (Get-Text $open[0] 'ModulePrefix')
    if ($prefix.Length -gt 0) {
        throw ('The commands of the connection have the prefix {0}. Nothing was changed. Connect without -Prefix.' -f $prefix)
    }
    if ($DelegatedOrganization.Length -gt 0 -or (Get-Text $open[0] 'DelegatedOrganization').Length -gt 0) {
        Confirm-InitialDomain
        return
    }
    $id = Get-Text $open[0] 'TenantID'
    if (-not (Test-SameGuid $id $TenantId)) {
        throw ('Connected to tenant {0} instead of {1} ({2}). Nothing was changed.' -f (Format-Text $id), $TenantId, $TenantName)
    }
}

function Confirm-InitialDomain {
    if ($InitialDomain.Length -eq 0) {
        throw ('The connection is one of a partner and cannot be checked. {0}' -f $NoInitialDomain)
    }
    $rows = @(Invoke-Exchange 'Get-AcceptedDomain' @{} @{} | Where-Object { Test-Same (Get-Text $_ 'InitialDomain') 'True' })
    if (@($rows | Where-Object { Test-Same (Get-Text $_ 'DomainName') $InitialDomain }).Count -eq 0) {
        $names = Format-Text @($rows | ForEach-Object { Get-Text $_ 'DomainName' })
        throw ('Connected to the organization with the initial domain {0} instead of {1} ({2}). Nothing was changed.' -f $names, $InitialDomain, $TenantName)
    }
}

# Returns the IDs of the list if Apple's may be added to them, or else stops.
function Get-ListToExtend {
    $enabled = Get-Setting (Read-Exchange 'Get-OrganizationConfig' @{}) 'EwsEnabled'
    if ($enabled.Failure.Length -gt 0) {
        throw ('EwsEnabled could not be read: {0}. Nothing was changed.' -f $enabled.Failure)
    }
    if (-not (Test-Same ([string] $enabled.Value) 'True')) {
        throw ('EwsEnabled is not True ({0}), so that the list has no effect now and may lock out other applications later. Nothing was changed. {1}' -f
            (New-Check 'EwsEnabled' $enabled.Value '' '').Value, $HowToFind)
    }
    $list = Read-List
    if ($list.Failure.Length -gt 0) {
        throw ('The list EwsAllowedAppIDs could not be read: {0}. Nothing was changed. {1}' -f $list.Failure, $HowToFind)
    }
    $ids = @(Split-List $list.Value)
    if ($ids.Count -eq 0) {
        throw ('The list EwsAllowedAppIDs is empty: a first entry can lock out every other application that uses EWS. Nothing was changed. {0}' -f $HowToFind)
    }
    if (@($ids | Where-Object { Test-SameGuid $_ $_ }).Count -eq 0) {
        throw ('The list EwsAllowedAppIDs holds no application ID: {0}. Nothing was changed. {1}' -f (Format-Text $ids), $HowToFind)
    }
    $ids
}

# Adds Apple's ID. The list is read again after the question, which somebody may answer an hour later.
function Add-Apple {
    $ids = @(Get-ListToExtend)
    if (Test-ListHolds $ids $AppleAppId) {
        Write-Line 'Nothing to do: Apple''s application is in EwsAllowedAppIDs.'
        return
    }
    $lack = Get-Lack 'Set-OrganizationConfig' @{ EwsAllowedAppIDs = '' }
    if ($lack.Length -gt 0) {
        throw ('{0}. Nothing was changed.' -f $lack)
    }
    $action = 'Add {0} to the {1} IDs of EwsAllowedAppIDs' -f $AppleAppId, $ids.Count
    if (-not $PSCmdlet.ShouldProcess(('Exchange Online of {0}' -f $TenantName), $action)) {
        Write-Line 'Nothing was changed.'
        return
    }
    $ids = @(Get-ListToExtend)
    if (Test-ListHolds $ids $AppleAppId) {
        Write-Line 'Nothing to do: somebody else has added Apple''s application to EwsAllowedAppIDs.'
        return
    }
    $wanted = $ids + $AppleAppId
    try {
        $null = Invoke-Exchange 'Set-OrganizationConfig' @{ EwsAllowedAppIDs = ($wanted -join ',') } @{}
    }
    catch {
        throw ('Set-OrganizationConfig failed: {0}. Read the list before you try again.' -f (Format-Text $_.Exception.Message))
    }
    Show-Written $wanted
}

# A change of the list can take 24 hours to show.
function Show-Written($Wanted) {
    $list = Read-List
    $ids = @(Split-List $list.Value)
    $missing = @($Wanted | Where-Object { -not (Test-ListHolds $ids $_) })
    if ($list.Failure.Length -eq 0 -and $missing.Count -eq 0) {
        Write-Line 'Added: Apple''s application is in EwsAllowedAppIDs. It can take 24 hours until Exchange follows.'
        return
    }
    Write-Line ('Sent, and not visible yet: that can take 24 hours, so that this is neither a success nor a failure. {0}' -f
        'Do not write again. Run this script without -AllowApple later.')
}


function Write-Line([string] $Text) {
    if ($AsObject) {
        Write-Host $Text
    }
    else {
        Write-Output $Text
    }
}

function Format-Check($Check) {
    $value = ''
    if ($Check.Value.Length -gt 0) {
        $value = ' ({0})' -f $Check.Value
    }
    '{0,-8}  {1}{2}: {3}' -f $Check.State, $Check.Name, $value, $Check.Meaning
}

function Format-Summary($Checks) {
    $counts = @{}
    foreach ($state in 'ok', 'problem', 'info', 'not read') {
        $counts[$state] = @($Checks | Where-Object { Test-Same $_.State $state }).Count
    }
    $begin = 'No problems found'
    if ($counts['not read'] -gt 0) {
        $begin = 'No problems found in what could be read'
    }
    if ($counts['problem'] -gt 0) {
        $begin = 'Problems found: {0}' -f $counts['problem']
    }
    'Summary: {0}. Settings: {1} ok, {2} info, {3} not read.' -f $begin, $counts['ok'], $counts['info'], $counts['not read']
}

Test-GraphLoaded
try {
    Connect-PlannedTenant
    $checks = @(Get-OrganizationCheck)
    if ($Mailbox.Length -gt 0) {
        $checks += @(Get-MailboxCheck)
    }
    $checks = @($checks | Where-Object { $LeftOut.Length -eq 0 -or -not (Test-Pattern $_.Name $LeftOut) })
    if ($AsObject) {
        Write-Output $checks
    }
    else {
        $checks | ForEach-Object { Format-Check $_ }
        Format-Summary $checks
    }
    if ($AllowApple) {
        Add-Apple
    }
}
finally {
    if ($Connected) {
        Disconnect-Own
    }
}
