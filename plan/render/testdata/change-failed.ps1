<#
.SYNOPSIS
    Grants consent for Apple's mail client in one Microsoft Entra tenant, for all users.

.DESCRIPTION
    Reads each tenant-wide delegated permission grant and changes only the scopes named below.
    Scopes that others granted stay. Grants of single users are not touched. Running it twice changes nothing the second time.

    It asks before each change. -WhatIf shows what it would do, -Confirm:$false does not ask. Whatever cannot be read stops it, and
    so does whatever cannot be written; the error says what was done until then. Microsoft Graph can show changes late: the script
    waits for that, for at most 90 seconds in all, and says so. It signs in, and signs out again at the end.

    Needs Windows PowerShell 5.1 or PowerShell 7 with the module Microsoft.Graph.Authentication 2.0 or later
    (Install-Module Microsoft.Graph.Authentication), and for a person the Entra role
    Cloud Application Administrator or a higher one. In one PowerShell window Microsoft Graph and Exchange Online do not work
    side by side: use a window of its own.

.PARAMETER UseExistingConnection
    Use the connection to Microsoft Graph of this window, such as one of an application with a certificate, and do not sign in.
    It must be to this tenant and have the permissions named below. It stays open.

.PARAMETER UseDeviceCode
    Sign in with a device code, for where the sign-in window fails or does not show: elevated windows, other users, partners.
#>

#Requires -Version 5.1
#Requires -Modules @{ ModuleName = 'Microsoft.Graph.Authentication'; ModuleVersion = '2.0.0' }

# Origin: Made by appleconsent from the record of change 20261124T135820Z-ebc09a of 2026-11-24
#   | 13:58:20 UTC.
# Tenant: Contoso (simulated)
# Tenant ID: d01aed31-7639-880a-9db0-325bac4c721e
# Application: Apple Internet Accounts
# Operator: admin@contoso.example
# Outcome: failed
# Reason: CHG-1043
# Left out: 3 Create grant on Office 365 Exchange Online (failed, not changed): create the delegated
#   | permission grant: Graph answered 403 Authorization_RequestDenied: A simulated fault: Forbidden.
#
# What it does: the same as the change did, again:
#   + Create: service principal of Apple Internet Accounts
#   + Create: grant on Microsoft Graph
#       + grant: User.Read

[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    [switch] $UseExistingConnection,
    [switch] $UseDeviceCode
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

$TenantId = 'd01aed31-7639-880a-9db0-325bac4c721e'
$TenantName = 'Contoso (simulated)'
$Environment = 'Global'
$GraphLink = '^(https://graph\.microsoft\.com(:443)?)?/v1\.0/' # a pattern of links that lead to Microsoft Graph in this cloud
$ClientAppId = 'f8d98a96-0999-43f5-8af3-69971c7bb423'
$Permissions = @('DelegatedPermissionGrant.ReadWrite.All', 'Application.ReadWrite.All')
$WiderPermissions = @{ # each of which does as well
    'DelegatedPermissionGrant.ReadWrite.All' = @('Directory.ReadWrite.All')
    'Application.ReadWrite.All' = @('Directory.ReadWrite.All')
}

# A GrantId is the grant that was planned to change. If there is no such grant, scopes are added to the first one on the
# resource or to a new one, and none are revoked.
$Steps = @(
    @{
        Resource = 'Microsoft Graph'
        ResourceAppId = '00000003-0000-0000-c000-000000000000'
        GrantId = 'gXFMS2_FdI-sQv61AtCi0HUDWDBWvlmBnnarEKk72D8'
        ScopesToAdd = @('User.Read')
        ScopesToRemove = @()
    }
)

# The state of this run.
$script:Connected = $false # by this script
$script:Doing = '' # the request that failed
$script:Unclear = '' # the change of which it is not known whether it was carried out
$script:Written = @()
$script:Declined = @()
$script:Waits = 0
$script:WaitingFor = ''
$script:Emptied = @() # ids of grants that were deleted
$script:IsNew = $false # whether this run created the service principal
$ClientEverywhere = 'the new service principal everywhere'

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

# Sends a request to the cloud that is connected. Its errors end the script, unless a caller knows what to wait for.
function Invoke-Graph([string] $What, [string] $Method, [string] $Uri, $Body) {
    $arguments = @{ Method = $Method; Uri = $Uri; OutputType = 'PSObject'; ErrorAction = 'Stop' }
    if ($null -ne $Body) {
        $arguments['Body'] = ConvertTo-Json $Body -Depth 5 -Compress
        $arguments['ContentType'] = 'application/json'
    }
    $script:Doing = $What # it stays if the request fails
    $answer = Invoke-MgGraphRequest @arguments
    $script:Doing = ''
    $answer
}

# Returns the rows of a list: all of them, or at least as many as are enough. What cannot be read is an error, and never an empty list.
function Read-List([string] $What, [string] $Uri, [int] $Enough) {
    $rows = @()
    $links = @()
    $link = $Uri
    while ($link.Length -gt 0) {
        $links += $link
        $answer = Invoke-Graph ('read the {0}' -f $What) 'GET' $link $null
        $list = Find-Property $answer 'value'
        if ($null -eq $list -or $list.Value -isnot [System.Collections.IList]) {
            throw ('The answer to a request for the {0} has no list.' -f $What)
        }
        $rows += @($list.Value)
        if ($Enough -gt 0 -and $rows.Count -ge $Enough) {
            return $rows
        }
        $link = Get-NextLink $What $answer $links
    }
    return $rows
}

# Returns the link to the next page; empty: there is none. A link leads on, and never away with the token.
function Get-NextLink([string] $What, $Answer, $Links) {
    $next = Find-Property $Answer '@odata.nextLink'
    if ($null -eq $next -or ([string] $next.Value).Length -eq 0) {
        return ''
    }
    $link = [string] $next.Value
    if (-not (Test-Pattern $link $GraphLink)) {
        throw ('The list of the {0} leads away from Microsoft Graph.' -f $What)
    }
    if (Test-Exact $Links $link) {
        throw ('The list of the {0} repeats itself.' -f $What)
    }
    if ($Links.Count -ge 200) {
        throw ('The list of the {0} has more than 200 pages.' -f $What)
    }
    return $link
}

# Tells whether a list of IDs or links holds one; their case matters.
function Test-Exact($List, [string] $Id) {
    foreach ($item in $List) {
        if ([string]::Equals($item, $Id, [System.StringComparison]::Ordinal)) {
            return $true
        }
    }
    return $false
}

# Tells whether a list of scopes, permissions or policies holds one.
function Test-Scope($List, [string] $Scope) {
    foreach ($item in $List) {
        if (Test-Same $item $Scope) {
            return $true
        }
    }
    return $false
}

# Returns a property as text that an object of its kind always has.
function Read-Text($Row, [string] $Property) {
    $found = Find-Property $Row $Property
    if ($null -eq $found -or $null -eq $found.Value) {
        throw ('An answer of Microsoft Graph lacks {0}.' -f $Property)
    }
    return [string] $found.Value
}

function Connect-PlannedTenant {
    if ($UseExistingConnection -and $UseDeviceCode) {
        throw '-UseDeviceCode signs in, and -UseExistingConnection does not. Use one of them'
    }
    if (Test-Loaded 'ExchangeOnlineManagement' '^Microsoft\.Exchange\.Management\.') {
        Write-Warning ('The module of Exchange Online is loaded in this PowerShell window, in which Microsoft Graph may fail. ' +
            'If so, run this script in a new window.')
    }
    if (-not $UseExistingConnection) {
        Connect-Own
    }
    $context = Get-MgContext
    if ($null -eq $context) {
        throw 'Not connected to Microsoft Graph.'
    }
    Confirm-Tenant $context
    Confirm-Permission $context
}

# What signing in prints, such as the device code, is for people, and not for the pipeline.
function Connect-Own {
    if ($null -ne (Get-MgContext)) {
        Write-Warning ('The connection to Microsoft Graph that this window has is replaced, and ends with this script. ' +
            'To use it instead, add -UseExistingConnection.')
    }
    $arguments = @{ TenantId = $TenantId; Scopes = $Permissions; Environment = $Environment; ContextScope = 'Process' }
    $arguments['NoWelcome'] = $true
    $arguments['ErrorAction'] = 'Stop'
    if ($UseDeviceCode) {
        $arguments['UseDeviceCode'] = $true
    }
    try {
        Connect-MgGraph @arguments | ForEach-Object { Write-Host ([string] $_) }
        $script:Connected = $true
    }
    catch {
        $hint = ''
        if (-not $UseDeviceCode) {
            $hint = ' If the sign-in window fails or does not show, add -UseDeviceCode.'
        }
        throw ('Sign-in failed: {0}.{1}' -f (Format-Text $_.Exception.Message).TrimEnd('.'), $hint)
    }
}

# What the script connected it disconnects. A connection that it was given stays open.
function Disconnect-Own {
    if (-not $Connected) {
        return
    }
    try {
        $null = Disconnect-MgGraph -ErrorAction Stop
    }
    catch {
        Write-Warning ('The connection to Microsoft Graph is still open: {0}. To end it, run: Disconnect-MgGraph' -f
            (Format-Text $_.Exception.Message).TrimEnd('.'))
    }
}

function Confirm-Tenant($Context) {
    $tenant = Read-Text $Context 'TenantId'
    if (-not (Test-Same $tenant $TenantId)) {
        throw ('Connected to tenant {0} instead of {1} ({2}).' -f (Format-Text $tenant), $TenantId, $TenantName)
    }
    $cloud = Find-Property $Context 'Environment' # since version 2.2 of the module
    if ($null -eq $cloud -and $UseExistingConnection) {
        throw 'This version of Microsoft.Graph.Authentication does not tell to which cloud it is connected. Update it.'
    }
    if ($null -ne $cloud -and -not (Test-Same ([string] $cloud.Value) $Environment)) {
        throw ('Connected to the cloud {0} instead of {1}.' -f (Format-Text $cloud.Value), $Environment)
    }
}

# A permission that is lacking is found before the first write. An own connection that does not tell its permissions is tried.
function Confirm-Permission($Context) {
    $scopes = Find-Property $Context 'Scopes'
    $held = @()
    if ($null -ne $scopes) {
        $held = @($scopes.Value | Where-Object { $null -ne $_ })
    }
    if ($held.Count -eq 0 -and -not $UseExistingConnection) {
        return
    }
    $lacking = @($Permissions | Where-Object {
            -not (Test-Scope $held $_) -and @($WiderPermissions[$_] | Where-Object { Test-Scope $held $_ }).Count -eq 0
        })
    if ($lacking.Count -gt 0) {
        throw ('The connection lacks these permissions: {0}.' -f ($lacking -join ', '))
    }
}

# Returns the value of a property; nothing if the object lacks it.
function Get-Value($Object, [string] $Property) {
    $found = Find-Property $Object $Property
    if ($null -ne $found) {
        return $found.Value
    }
}

# Returns an HTTP status that is a number, .NET's name for it, or text with the number; 0: it is none of them.
function ConvertTo-Status($Value) {
    if ($null -eq $Value) {
        return 0
    }
    $digits = [regex]::Match([string] $Value, '\b[1-5][0-9][0-9]\b')
    if ($digits.Success) {
        return [int] $digits.Value
    }
    $number = $Value -as [int] # of a name that .NET gives as an enumeration
    if ($null -eq $number) {
        $number = [int] ($Value -as [System.Net.HttpStatusCode])
    }
    if ($number -lt 100 -or $number -gt 599) {
        return 0
    }
    return $number
}

# Returns the texts of an error: Graph's answer, behind its first line and headers, and the module's own sentence.
function Get-FailureText($Failure) {
    [string] (Get-Value (Get-Value $Failure 'ErrorDetails') 'Message')
    [string] (Get-Value (Get-Value $Failure 'Exception') 'Message')
}

# Returns the HTTP status of a failed request; 0: it has none, or none that can be read. It never fails itself.
function Get-Status($Failure) {
    try {
        $exception = Get-Value $Failure 'Exception'
        while ($null -ne $exception) {
            foreach ($value in @((Get-Value (Get-Value $exception 'Response') 'StatusCode'), (Get-Value $exception 'StatusCode'))) {
                $status = ConvertTo-Status $value
                if ($status -gt 0) {
                    return $status
                }
            }
            $exception = Get-Value $exception 'InnerException'
        }
        $told = [regex]::Match((@(Get-FailureText $Failure) -join ' '), '(?:\bHTTP/[0-9](?:\.[0-9])? |does not indicate success: )(\w+)')
        return ConvertTo-Status $told.Groups[1].Value
    }
    catch {
        return 0
    }
}

# Returns the code and the text of Graph's own error; empty if there is none. It never fails itself.
function Get-GraphError($Failure) {
    $json = ''
    try {
        foreach ($text in @(Get-FailureText $Failure)) {
            if ($json.Length -eq 0) {
                $json = [regex]::Match($text, '\{\s*"error"\s*:[\s\S]*\}').Value
            }
        }
        if ($json.Length -eq 0) {
            return ''
        }
        $told = Get-Value (ConvertFrom-Json $json) 'error'
        return '{0}: {1}' -f (Read-Text $told 'code'), (Read-Text $told 'message')
    }
    catch {
        return $json
    }
}

# Says why a request failed, with Graph's own code and text if it answered. What else ends a script says so in its own words.
function Format-Failure($Failure) {
    $message = [string] (Get-Value (Get-Value $Failure 'Exception') 'Message')
    if ($Doing.Length -eq 0) {
        return $message
    }
    $text = Format-Text (Get-GraphError $Failure)
    if ($text.Length -eq 0) {
        $text = Format-Text $message
    }
    $status = Get-Status $Failure
    if ($status -gt 0) {
        $text = 'HTTP {0}, {1}' -f $status, $text
    }
    return 'Could not {0}: {1}' -f $Doing, $text
}

# Tells whether a failed write may have been carried out all the same.
function Test-Unclear($Failure) {
    $status = Get-Status $Failure
    return $status -eq 0 -or $status -eq 408 -or $status -ge 500
}

# Sends a write once and returns its answer. If that leaves open whether it was carried out, Test looks; it is not sent again.
function Send-Change([string] $What, $Request, [scriptblock] $Test) {
    try {
        $answer = Invoke-Graph $What $Request.Method $Request.Uri $Request.Body
    }
    catch {
        if (-not (Test-Unclear $_)) {
            throw
        }
        $failure = Format-Failure $_
        $script:Unclear = $What
        if (-not (& $Test)) {
            throw $failure
        }
        $script:Unclear = ''
        Add-Written $What
        Write-Warning ('{0}. It was carried out all the same.' -f $failure.TrimEnd('.'))
        return
    }
    Add-Written $What
    $answer
}

function Add-Written([string] $What) {
    $script:Written += $What
    Write-Host ('Done: {0}' -f $What)
}

# Asks before a change. Each change is asked about once.
function Confirm-Change([string] $Target, [string] $Action) {
    try {
        if ($PSCmdlet.ShouldProcess($Target, $Action)) {
            return $true
        }
    }
    catch {
        throw ('Could not ask whether to {0}: {1} To run without questions, add -Confirm:$false' -f $Action, (Format-Text $_.Exception.Message))
    }
    if (-not $WhatIfPreference) {
        $script:Declined += '{0}: {1}' -f $Target, $Action
    }
    return $false
}

# Says what this run did to the tenant, for the message of an error.
function Get-Outcome {
    $text = 'Nothing was changed.'
    if ($Written.Count -gt 0) {
        $text = 'Done by this run: {0}. Nothing else was changed.' -f ($Written -join '; ')
    }
    if ($Unclear.Length -gt 0) {
        $text = 'It is not known whether this was carried out: {0}. Apart from that: {1}' -f $Unclear, $text
    }
    return $text + ' It is safe to run the script again: it does only what is still missing.'
}

# Waits until something shows, a little longer each time, and tells whether there was time left: 90 seconds in all, however many
# things a run waits for.
function Wait-Directory([string] $For) {
    if ($Waits -ge 9) {
        return $false
    }
    if (-not (Test-Same $WaitingFor $For)) {
        $script:WaitingFor = $For
        Write-Host ('Waiting until Microsoft Graph shows {0}; all waiting together takes 90 seconds at most ...' -f $For)
    }
    $script:Waits += 1
    Start-Sleep -Seconds (2 * $Waits)
    return $true
}

function Write-Ending {
    if ($WhatIfPreference) {
        Write-Host 'Nothing was changed, because of -WhatIf.'
    }
    elseif ($Declined.Count -gt 0) {
        Write-Host ('Not everything was done. Declined: {0}.' -f ($Declined -join '; '))
    }
    elseif ($Written.Count -eq 0) {
        Write-Host 'Nothing was changed.'
    }
    else {
        Write-Host 'Finished. Run the script again to verify: when all changes show, it finds nothing to do.'
    }
}

# Returns the service principal of an application; nothing if the tenant has none.
function Find-ServicePrincipal([string] $AppId) {
    $uri = '/v1.0/servicePrincipals?$filter=appId eq ''{0}''&$select=id,appId' -f $AppId
    $found = @(Read-List 'service principals' $uri 0 | Where-Object { Test-Same (Read-Text $_ 'appId') $AppId })
    if ($found.Count -gt 1) {
        throw ('Microsoft Graph shows {0} service principals of {1} instead of one.' -f $found.Count, $AppId)
    }
    $found
}

# Returns what a grant holds. One whose scope is null holds nothing.
function Split-Scope($Grant) {
    $scope = Find-Property $Grant 'scope'
    if ($null -eq $scope) {
        throw 'An answer of Microsoft Graph lacks scope.'
    }
    [string] $scope.Value -split '\s+' | Where-Object { $_.Length -gt 0 }
}

# Returns the grants of the client for all users.
function Find-Grant([string] $ClientId) {
    if ($ClientId.Length -eq 0) {
        return
    }
    $uri = '/v1.0/oauth2PermissionGrants?$filter=clientId eq ''{0}'' and consentType eq ''AllPrincipals''' -f $ClientId
    Read-List 'grants' $uri 0 | Where-Object {
        (Test-Same (Read-Text $_ 'clientId') $ClientId) -and (Test-Same (Read-Text $_ 'consentType') 'AllPrincipals')
    }
}

# Returns the object ID of a resource. What is to be revoked can be found without it.
function Get-ResourceId($Step) {
    $resource = Find-ServicePrincipal $Step.ResourceAppId
    if ($null -ne $resource) {
        return Read-Text $resource 'id'
    }
    if ($Step.ScopesToAdd.Count -gt 0) {
        throw ('{0} has no service principal in this tenant.' -f $Step.Resource)
    }
    return ''
}

# Returns the grant that a step is about: the planned one. If there is no such grant, scopes are added to the first one.
function Select-Grant($Step, $Grants, [string] $ResourceId) {
    $here = @($Grants | Where-Object { $ResourceId.Length -eq 0 -or (Test-Same (Read-Text $_ 'resourceId') $ResourceId) })
    $planned = @($here | Where-Object { Test-Exact @(Read-Text $_ 'id') $Step.GrantId })
    if ($planned.Count -gt 0) {
        return $planned[0]
    }
    if ($here.Count -gt 0 -and $ResourceId.Length -gt 0 -and ($Step.ScopesToRemove.Count -eq 0 -or $Step.GrantId.Length -eq 0)) {
        return $here[0]
    }
}

# Returns how the tenant differs from what a step wants: the grant to change (GrantId is empty if there is none), what it is to
# hold then, and in Action what to do; that is empty if nothing is.
function Get-Difference($Step, [string] $ClientId, [string] $ResourceId) {
    $grants = @(Find-Grant $ClientId)
    $grant = Select-Grant $Step $grants $ResourceId
    $before = @()
    $grantId = ''
    if ($null -ne $grant) {
        $before = @(Split-Scope $grant)
        $grantId = Read-Text $grant 'id'
    }
    $everywhere = @($grants | Where-Object { Test-Same (Read-Text $_ 'resourceId') $ResourceId } | ForEach-Object { Split-Scope $_ })
    $add = @($Step.ScopesToAdd | Where-Object { -not (Test-Scope $everywhere $_) })
    $remove = @($Step.ScopesToRemove | Where-Object { Test-Scope $before $_ })
    $after = @($before | Where-Object { -not (Test-Scope $remove $_) }) + $add
    $actions = @()
    if ($add.Count -gt 0) {
        $actions += 'grant {0}' -f ($add -join ' ')
    }
    if ($remove.Count -gt 0) {
        $actions += 'revoke {0}' -f ($remove -join ' ')
        if ($after.Count -eq 0) {
            $actions += 'delete the grant, which would hold nothing'
        }
    }
    @{ GrantId = $grantId; After = $after; Action = $actions -join ' and ' }
}

# Sends what a difference asks for. A grant that would hold nothing is deleted.
function Write-Grant($Step, $Difference, [string] $ClientId, [string] $ResourceId) {
    $what = '{0} on {1} for all users' -f $Difference.Action, $Step.Resource
    $uri = '/v1.0/oauth2PermissionGrants'
    $scope = $Difference.After -join ' '
    $body = @{ clientId = $ClientId; consentType = 'AllPrincipals'; resourceId = $ResourceId; scope = $scope }
    $request = @{ Method = 'POST'; Uri = $uri; Body = $body }
    if ($Difference.GrantId.Length -gt 0) {
        $request = @{ Method = 'PATCH'; Uri = '{0}/{1}' -f $uri, $Difference.GrantId; Body = @{ scope = $scope } }
    }
    if ($Difference.After.Count -eq 0) {
        $request = @{ Method = 'DELETE'; Uri = $request.Uri; Body = $null }
    }
    $null = Send-Change $what $request { (Get-Difference $Step $ClientId $ResourceId).Action.Length -eq 0 }
    if ($Difference.After.Count -eq 0) {
        $script:Emptied += $Difference.GrantId
    }
}

function Invoke-Step($Step, [string] $ClientId) {
    $target = 'grant for all users on {0} in {1}' -f $Step.Resource, $TenantName
    $resourceId = Get-ResourceId $Step
    $difference = Wait-Difference $Step $ClientId $resourceId
    if ($difference.Action.Length -eq 0) {
        Write-Host ('{0}: nothing to do' -f $target)
    }
    elseif (Confirm-Change $target $difference.Action) {
        Write-GrantPatiently $Step $difference $ClientId $resourceId
    }
    elseif ($WhatIfPreference -and $difference.After.Count -eq 0) {
        $script:Emptied += $difference.GrantId
    }
}

# Reads again right before each try, since the question can stay open for long and a try that failed may have been carried out.
function Write-GrantPatiently($Step, $Planned, [string] $ClientId, [string] $ResourceId) {
    $what = '{0} on {1} for all users' -f $Planned.Action, $Step.Resource
    while ($true) {
        $difference = Wait-Difference $Step $ClientId $ResourceId
        if ($difference.Action.Length -eq 0 -and $Unclear.Length -gt 0) {
            $script:Unclear = ''
            Add-Written $what
            return
        }
        if ($difference.Action.Length -eq 0) {
            Write-Host ('Somebody else did this meanwhile: {0}' -f $what)
            return
        }
        if (-not (Test-Exact @($Planned.GrantId) $difference.GrantId)) {
            throw ('Somebody else created or deleted the grant on {0} meanwhile.' -f $Step.Resource)
        }
        try {
            Write-Grant $Step $difference $ClientId $ResourceId
            $script:Unclear = ''
            return
        }
        catch {
            if (-not (Test-Late $_) -or -not (Wait-Directory $ClientEverywhere)) {
                throw
            }
        }
        $script:Unclear = $what
    }
}

# Reads how the tenant differs. The list of grants of a new service principal is not there at once.
function Wait-Difference($Step, [string] $ClientId, [string] $ResourceId) {
    while ($true) {
        try {
            return Get-Difference $Step $ClientId $ResourceId
        }
        catch {
            if (-not (Test-Late $_) -or -not (Wait-Directory $ClientEverywhere)) {
                throw
            }
        }
    }
}

# Tells whether a request failed because a service principal that this run created is not known everywhere yet.
function Test-Late($Failure) {
    if (-not $IsNew) {
        return $false
    }
    $status = Get-Status $Failure
    return $status -eq 404 -or ($status -eq 400 -and (Test-Pattern (Get-GraphError $Failure) 'reference-property|does not exist'))
}

function New-Client {
    $target = 'service principal of {0} in {1}' -f $ClientAppId, $TenantName
    if (-not (Confirm-Change $target 'create')) {
        return
    }
    $request = @{ Method = 'POST'; Uri = '/v1.0/servicePrincipals'; Body = @{ appId = $ClientAppId } }
    $created = Send-Change ('create the {0}' -f $target) $request { $null -ne (Find-ServicePrincipal $ClientAppId) }
    if ($null -eq (Find-Property $created 'id')) {
        $created = Find-ServicePrincipal $ClientAppId
    }
    $created
}

try {
    Connect-PlannedTenant
    $client = Find-ServicePrincipal $ClientAppId
    if ($null -eq $client) {
        $client = New-Client
        $script:IsNew = $Written.Count -gt 0
    }
    $clientId = ''
    if ($null -ne $client) {
        $clientId = Read-Text $client 'id'
    }
    if ($clientId.Length -gt 0 -or $WhatIfPreference) {
        foreach ($step in $Steps) {
            Invoke-Step $step $clientId
        }
    }
    elseif ($Declined.Count -eq 0) {
        throw 'The service principal was created, and Microsoft Graph does not show it yet.'
    }
    Write-Ending
}
catch {
    throw ('{0}. {1}' -f (Format-Failure $_).TrimEnd('.'), (Get-Outcome))
}
finally {
    Disconnect-Own
}
