# Fakes of the commands of Exchange Online. Like the real ones they are functions of a script module, whose errors end
# nothing without -ErrorAction Stop, and what a role does not allow does not exist.
param([psobject] $State)

$script:State = $State
$script:Open = @($State.open)
$script:Reads = 0 # of the list
$script:Written = @()

function Get-ConnectionInformation {
    [CmdletBinding()]
    param()
    $script:Open
}

function Connect-ExchangeOnline {
    [CmdletBinding()]
    param(
        [switch] $ShowBanner, [string[]] $CommandName, [string] $ExchangeEnvironmentName, [string] $DelegatedOrganization, [switch] $Device
    )
    if ($script:State.connectFails) {
        Write-Error 'sign-in failed'
        return
    }
    $script:Open += [pscustomobject] @{ TenantID = $script:State.tenant; UserPrincipalName = 'admin@contoso.com' }
}

function Disconnect-ExchangeOnline {
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
    param()
    if ($PSCmdlet.ShouldProcess('all connections')) {
        $script:Open = @()
    }
}

# Without the switch the list looks empty.
function Read-Organization([bool] $WithList) {
    $organization = $script:State.organization | Select-Object -Property '*'
    $list = $null
    if ($WithList -and $script:Written.Count -gt 0 -and -not $script:State.late) {
        $list = $script:Written[-1]
    }
    elseif ($WithList) {
        $list = $script:State.lists[[Math]::Min($script:Reads, $script:State.lists.Count - 1)]
        $script:Reads++
    }
    $organization | Add-Member -NotePropertyName 'EwsAllowedAppIDs' -NotePropertyValue $list
    $organization
}

if ($State.noSwitch) {
    function Get-OrganizationConfig {
        [CmdletBinding()]
        param()
        Read-Organization $false
    }
}
else {
    function Get-OrganizationConfig {
        [CmdletBinding()]
        param([switch] $RetrieveEwsOperationAccessPolicy)
        Read-Organization $RetrieveEwsOperationAccessPolicy
    }
}

function Set-OrganizationConfig {
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
    param([string] $EwsAllowedAppIDs)
    if ($script:State.writeFails) {
        Write-Error 'the write failed'
        return
    }
    if ($PSCmdlet.ShouldProcess('the organization')) {
        $script:Written += $EwsAllowedAppIDs
    }
}

function Get-ActiveSyncOrganizationSettings {
    [CmdletBinding()]
    param()
    [pscustomobject] @{ DefaultAccessLevel = $script:State.accessLevel }
}

function Get-ActiveSyncDeviceAccessRule {
    [CmdletBinding()]
    param()
    $script:State.rules
}

function Get-AuthenticationPolicy {
    [CmdletBinding()]
    param()
    $script:State.policies
}

function Get-AcceptedDomain {
    [CmdletBinding()]
    param()
    $script:State.domains
}

function Get-CASMailbox {
    [CmdletBinding()]
    param([string] $Identity)
    if ($null -eq $script:State.mailbox) {
        Write-Error ('the mailbox {0} was not found.' -f $Identity)
        return
    }
    $script:State.mailbox
}

function Get-MobileDevice {
    [CmdletBinding()]
    param([string] $Mailbox)
    $script:State.devices
}

function Get-Mailbox {
    [CmdletBinding()]
    param([string] $Identity)
    [pscustomobject] @{ MailboxPlan = $script:State.plan }
}

function Get-StandInResult {
    @{ written = $script:Written; open = $script:Open.Count }
}

$all = 'Connect-ExchangeOnline', 'Disconnect-ExchangeOnline', 'Get-AcceptedDomain', 'Get-ActiveSyncDeviceAccessRule',
'Get-ActiveSyncOrganizationSettings', 'Get-AuthenticationPolicy', 'Get-CASMailbox', 'Get-ConnectionInformation', 'Get-Mailbox',
'Get-MobileDevice', 'Get-OrganizationConfig', 'Get-StandInResult', 'Set-OrganizationConfig'
Export-ModuleMember -Function @($all | Where-Object { $State.missing -notcontains $_ })
