<#
.SYNOPSIS
    Grants consent for Apple's mail client in one Microsoft Entra tenant, for all users.

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

# Origin: Made by appleconsent v1.2.0 from the plan of 2026-11-24 13:58:17 UTC.
# Tenant: Contoso (simulated)
# Tenant ID: d01aed31-7639-880a-9db0-325bac4c721e
# Application: Apple Internet Accounts
# Warning: On macOS, Apple Mail uses Exchange Web Services (EWS). Microsoft has been switching EWS off
#   | in Exchange Online tenant by tenant since 1 October 2026, and switches it off for good on 1
#   | April 2027. Consent alone does not make it work on macOS: until then an Exchange administrator
#   | must also set EWSEnabled to true and add f8d98a96-0999-43f5-8af3-69971c7bb423 to
#   | EwsAllowedAppIDs. iOS and iPadOS use ActiveSync and are not affected.
#
# What it does:
#   + Create: service principal of Apple Internet Accounts
#   + Create: grant on Microsoft Graph
#       + grant: User.Read
#   + Create: grant on Office 365 Exchange Online
#       + grant: EAS.AccessAsUser.All
#       + grant: EWS.AccessAsUser.All

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

# A GrantId is the grant that was planned to change. Where it does not stand (any more), scopes are added to the first one on
# the resource or to a new one, and none are revoked.
$Steps = @(
    @{
        Resource = 'Microsoft Graph'
        ResourceAppId = '00000003-0000-0000-c000-000000000000'
        GrantId = ''
        ScopesToAdd = @('User.Read')
        ScopesToRemove = @()
    }
    @{
        Resource = 'Office 365 Exchange Online'
        ResourceAppId = '00000002-0000-0ff1-ce00-000000000000'
        GrantId = ''
        ScopesToAdd = @('EAS.AccessAsUser.All', 'EWS.AccessAsUser.All')
        ScopesToRemove = @()
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

Connect-PlannedTenant
$Emptied = @() # ids of grants that were deleted
$isNew = $false
$client = Find-ServicePrincipal $ClientAppId
if ($null -eq $client -and $PSCmdlet.ShouldProcess(('service principal of {0} in {1}' -f $ClientAppId, $TenantName), 'Create')) {
    $client = New-MgServicePrincipal -BodyParameter @{ appId = $ClientAppId } -Confirm:$false
    $isNew = $true
}
$clientId = ''
if ($null -ne $client) {
    $clientId = $client.Id
}
elseif (-not $WhatIfPreference) {
    Write-Warning 'Without the service principal nothing can be granted.'
    return
}
foreach ($step in $Steps) {
    Invoke-StepPatiently $step $clientId $isNew
}
Write-Host 'Finished. Run the script again to verify: when all changes show, it finds nothing to do.'
