<#
.SYNOPSIS
    Takes back consent for Apple's mail client in one Microsoft Entra tenant, for all users.

.DESCRIPTION
    Reads each tenant-wide delegated permission grant as it stands now and changes in it only the scopes named below.
    Scopes that others granted stay. Grants of single users are not touched. Running it twice changes nothing the second time.

    It asks before each change. -WhatIf shows what it would do, -Confirm:$false does not ask.

    Needs Windows PowerShell 5.1 or PowerShell 7 with the modules named below (Install-Module Microsoft.Graph), and for a
    person the Entra role Cloud Application Administrator or a higher one.

.PARAMETER UseExistingConnection
    Use the connection to Microsoft Graph that stands, such as one of an application with a certificate, and do not sign in.
#>

#Requires -Version 5.1
#Requires -Modules @{ ModuleName = 'Microsoft.Graph.Authentication'; ModuleVersion = '2.0.0' }
#Requires -Modules @{ ModuleName = 'Microsoft.Graph.Applications'; ModuleVersion = '2.0.0' }
#Requires -Modules @{ ModuleName = 'Microsoft.Graph.Identity.SignIns'; ModuleVersion = '2.0.0' }

# Origin: Made by appleconsent v1.2.0 from the plan of 2026-11-24 13:58:18 UTC.
# Tenant: Contoso (simulated)
# Tenant ID: d01aed31-7639-880a-9db0-325bac4c721e
# Application: Apple Internet Accounts
# Warning: Users of Apple Mail are prompted for consent again, or lose mail, as their tokens run out
#   | (up to about a day).
# Note: The deleted service principal can be restored in Entra for 30 days. If it is created again
#   | instead, it gets a new object ID.
# Note: Access tokens that devices already hold are not revoked.
#
# What it does:
#   - Delete: grant on Office 365 Exchange Online
#       - revoke: EAS.AccessAsUser.All
#       - revoke: EWS.AccessAsUser.All
#   - Delete: grant on Microsoft Graph
#       - revoke: User.Read
#   - Delete: service principal of Apple Internet Accounts
#
# The service principal is deleted only if it is the one that was planned and no app role assignment and no grant, of the
# tenant or of a single user, is left on it. What the script cannot know: whether somebody configured it for other reasons
# (owners, notes, Conditional Access policies that name it). It stays in Entra's deleted items for 30 days.

[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    [switch] $UseExistingConnection
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

$TenantId = 'd01aed31-7639-880a-9db0-325bac4c721e'
$TenantName = 'Contoso (simulated)'
$Environment = 'Global'
$ClientAppId = 'f8d98a96-0999-43f5-8af3-69971c7bb423'
$Permissions = @('DelegatedPermissionGrant.ReadWrite.All', 'Application.ReadWrite.All')
$ServicePrincipalToDelete = '4b4c7181-c56f-8f74-ac42-feb502d0a2d0'

# A GrantId is the grant that was planned to change. Where it does not stand (any more), scopes are added to the first one on
# the resource or to a new one, and none are revoked.
$Steps = @(
    @{
        Resource = 'Office 365 Exchange Online'
        ResourceAppId = '00000002-0000-0ff1-ce00-000000000000'
        GrantId = 'gXFMS2_FdI-sQv61AtCi0H_2ACT5samPl3-lO6K0sIg'
        ScopesToAdd = @()
        ScopesToRemove = @('EAS.AccessAsUser.All', 'EWS.AccessAsUser.All')
    }
    @{
        Resource = 'Microsoft Graph'
        ResourceAppId = '00000003-0000-0000-c000-000000000000'
        GrantId = 'gXFMS2_FdI-sQv61AtCi0HUDWDBWvlmBnnarEKk72D8'
        ScopesToAdd = @()
        ScopesToRemove = @('User.Read')
    }
)

function Connect-PlannedTenant {
    if (-not $UseExistingConnection) {
        Connect-MgGraph -TenantId $TenantId -Scopes $Permissions -Environment $Environment -ContextScope Process -NoWelcome
    }
    $context = Get-MgContext
    if ($null -eq $context) {
        throw 'Not connected to Microsoft Graph.'
    }
    if ($context.TenantId -ne $TenantId) {
        throw ('Connected to tenant {0} instead of {1}. Nothing was changed.' -f $context.TenantId, $TenantId)
    }
    if ($context.Environment -ne $Environment) {
        throw ('Connected to the cloud {0} instead of {1}. Nothing was changed.' -f $context.Environment, $Environment)
    }
}

# Scopes are compared by code unit and without regard to case; -eq would also skip characters that are not seen.
function Test-Scope($List, [string] $Scope) {
    foreach ($item in $List) {
        if ([string]::Equals($item, $Scope, [System.StringComparison]::OrdinalIgnoreCase)) {
            return $true
        }
    }
    return $false
}

function Split-Scope([string] $Text) {
    $Text -split '\s+' | Where-Object { $_ -ne '' }
}

function Find-ServicePrincipal([string] $AppId) {
    Get-MgServicePrincipal -Filter ("appId eq '{0}'" -f $AppId) -Property 'id', 'appId', 'displayName' | Select-Object -First 1
}

function Find-TenantWideGrant([string] $ClientId, [string] $ResourceId) {
    Get-MgOauth2PermissionGrant -All -Filter ("clientId eq '{0}' and consentType eq 'AllPrincipals'" -f $ClientId) |
        Where-Object { $_.ConsentType -eq 'AllPrincipals' -and $_.ClientId -eq $ClientId -and $_.ResourceId -eq $ResourceId }
}

# Returns the grant to change ($null: there is none), what it holds, and what it is to hold.
function Get-Difference($Step, [string] $ClientId, [string] $ResourceId) {
    $grants = @()
    if ($ClientId -ne '') {
        $grants = @(Find-TenantWideGrant $ClientId $ResourceId)
    }
    $grant = $grants | Where-Object { $_.Id -ceq $Step.GrantId } | Select-Object -First 1
    if ($null -eq $grant -and ($Step.ScopesToRemove.Count -eq 0 -or $Step.GrantId -eq '')) {
        $grant = $grants | Select-Object -First 1
    }
    $before = @()
    if ($null -ne $grant) {
        $before = @(Split-Scope $grant.Scope)
    }
    $everywhere = @($grants | ForEach-Object { Split-Scope $_.Scope })
    $after = @($before | Where-Object { -not (Test-Scope $Step.ScopesToRemove $_) })
    foreach ($scope in $Step.ScopesToAdd) {
        if (-not (Test-Scope $everywhere $scope)) {
            $after += $scope
        }
    }
    $added = @($after | Where-Object { -not (Test-Scope $before $_) })
    @{ Grant = $grant; After = $after; Same = ($added.Count -eq 0 -and $after.Count -eq $before.Count) }
}

function Invoke-Step($Step, [string] $ClientId) {
    $resource = Find-ServicePrincipal $Step.ResourceAppId
    if ($null -eq $resource) {
        throw ('{0} has no service principal in this tenant.' -f $Step.Resource)
    }
    $difference = Get-Difference $Step $ClientId $resource.Id
    $target = 'grant for all users on {0} in {1}' -f $Step.Resource, $TenantName
    $scope = $difference.After -join ' '
    if ($difference.Same) {
        Write-Host ('{0}: nothing to do' -f $target)
    }
    elseif ($difference.After.Count -eq 0) {
        if ($PSCmdlet.ShouldProcess($target, 'Delete, since no scope would be left')) {
            Remove-MgOauth2PermissionGrant -OAuth2PermissionGrantId $difference.Grant.Id -Confirm:$false
        }
        $script:Emptied += $difference.Grant.Id
    }
    elseif ($null -eq $difference.Grant) {
        if ($PSCmdlet.ShouldProcess($target, ('Create with {0}' -f $scope))) {
            $body = @{ clientId = $ClientId; consentType = 'AllPrincipals'; resourceId = $resource.Id; scope = $scope }
            $null = New-MgOauth2PermissionGrant -BodyParameter $body -Confirm:$false
        }
    }
    elseif ($PSCmdlet.ShouldProcess($target, ('Update to {0}' -f $scope))) {
        $body = @{ scope = $scope }
        $null = Update-MgOauth2PermissionGrant -OAuth2PermissionGrantId $difference.Grant.Id -BodyParameter $body -Confirm:$false
    }
}

# A service principal that was just created is not known everywhere at once, and a write may have happened although the
# answer says otherwise. So each try reads afresh and writes only what is still missing.
function Invoke-StepPatiently($Step, [string] $ClientId, [bool] $IsNew) {
    for ($try = 1; ; $try++) {
        try {
            Invoke-Step $Step $ClientId
            return
        }
        catch {
            if (-not $IsNew -or $try -ge 8) {
                throw
            }
            Write-Verbose ('Waiting for the new service principal: {0}' -f $_.Exception.Message)
            Start-Sleep -Seconds (2 * $try)
        }
    }
}

# Names what would be lost with the service principal.
function Get-Leftover([string] $ClientId) {
    if (@(Get-MgServicePrincipalAppRoleAssignedTo -ServicePrincipalId $ClientId -Top 1).Count -gt 0) {
        'users, groups or applications that are assigned to it'
    }
    if (@(Get-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $ClientId -Top 1).Count -gt 0) {
        'application permissions that it has'
    }
    $grants = @(Get-MgOauth2PermissionGrant -Filter ("clientId eq '{0}'" -f $ClientId) -Top 10)
    if ($WhatIfPreference) {
        $grants = @($grants | Where-Object { $script:Emptied -cnotcontains $_.Id })
    }
    if ($grants.Count -gt 0) {
        'delegated permission grants'
    }
}

function Remove-Client($Client) {
    if ($null -eq $Client) {
        Write-Host 'The service principal is gone already.'
        return
    }
    if ($Client.Id -ne $ServicePrincipalToDelete) {
        Write-Warning 'The service principal is kept: it is not the one that was planned to be deleted.'
        return
    }
    $left = @(Get-Leftover $Client.Id)
    for ($try = 1; $left.Count -gt 0 -and $script:Emptied.Count -gt 0 -and -not $WhatIfPreference -and $try -le 8; $try++) {
        Start-Sleep -Seconds (2 * $try) # grants that were just deleted show for a while
        $left = @(Get-Leftover $Client.Id)
    }
    if ($left.Count -gt 0) {
        Write-Warning ('The service principal is kept. With it would be lost: {0}.' -f ($left -join '; '))
        return
    }
    if ($PSCmdlet.ShouldProcess(('service principal {0} in {1}' -f $Client.Id, $TenantName), 'Delete')) {
        Remove-MgServicePrincipal -ServicePrincipalId $Client.Id -Confirm:$false
    }
}

Connect-PlannedTenant
$Emptied = @() # ids of grants that were deleted
$isNew = $false
$client = Find-ServicePrincipal $ClientAppId
$clientId = ''
if ($null -ne $client) {
    $clientId = $client.Id
}
elseif (@($Steps | Where-Object { $_.ScopesToAdd.Count -gt 0 }).Count -gt 0) {
    throw 'The application has no service principal in this tenant any more. Make a new plan.'
}
foreach ($step in $Steps) {
    Invoke-StepPatiently $step $clientId $isNew
}
Remove-Client $client
Write-Host 'Finished. Run the script again to verify: when all changes show, it finds nothing to do.'
