# A fake of the module of that name: it sends requests to the directory of the test, and fails as the module does. Its
# errors end the caller, carry the answer as Response and Graph's own text as ErrorDetails.

function Reset-StandIn($Case) {
    $script:Case = $Case
    $script:Context = $Case.context
    $script:Slept = 0
    $script:Connected = @{}
}

function Get-StandInResult {
    @{ slept = $script:Slept; connected = $script:Connected; open = $null -ne $script:Context }
}

function Start-Sleep([int] $Seconds) {
    $script:Slept += $Seconds
}

# In place of a person.
function Test-StandInYes([string] $Target, [string] $Action) {
    (Send-StandIn 'POST' ($script:Case.base + '/ask') ('{0}: {1}' -f $Target, $Action)).Text -ceq 'yes'
}

function Connect-MgGraph {
    [CmdletBinding()]
    param([string] $TenantId, [string[]] $Scopes, [string] $Environment, [string] $ContextScope, [switch] $NoWelcome, [switch] $UseDeviceCode)
    $script:Connected = @{ tenant = $TenantId; scopes = $Scopes; environment = $Environment; device = [bool] $UseDeviceCode }
    if ($script:Case.connectFails) {
        Write-Error 'InteractiveBrowserCredential authentication failed: A window handle must be configured.'
        return
    }
    if ($UseDeviceCode) {
        'To sign in, enter the code ABC.'
    }
    $script:Context = $script:Case.connected
}

# The module returns the connection that it ended.
function Disconnect-MgGraph {
    [CmdletBinding()]
    param()
    if ($null -eq $script:Context -or $script:Case.disconnectFails) {
        Write-Error 'No application to sign out from.'
        return
    }
    $script:Context
    $script:Context = $null
}

function Get-MgContext {
    $script:Context
}

function Send-StandIn([string] $Method, [string] $Uri, $Body) {
    Add-Type -AssemblyName 'System.Net.Http'
    $client = New-Object -TypeName 'System.Net.Http.HttpClient'
    $request = New-Object -TypeName 'System.Net.Http.HttpRequestMessage' -ArgumentList (New-Object -TypeName 'System.Net.Http.HttpMethod' -ArgumentList $Method), $Uri
    if ($null -ne $Body) {
        $request.Content = New-Object -TypeName 'System.Net.Http.StringContent' -ArgumentList ([string] $Body), ([System.Text.Encoding]::UTF8), 'application/json'
    }
    $response = $client.SendAsync($request).GetAwaiter().GetResult()
    @{ Response = $response; Text = $response.Content.ReadAsStringAsync().GetAwaiter().GetResult() }
}

# The error of an answer. A case can ask for another shape than the module's own.
function New-Refusal([string] $Method, [string] $Uri, $Answer) {
    $status = $Answer.Response.StatusCode
    $refused = New-Object -TypeName 'System.Net.Http.HttpRequestException' -ArgumentList (
        'Response status code does not indicate success: {0} ({1}).' -f $status, $Answer.Response.ReasonPhrase)
    $response = switch ([string] $script:Case.shape) {
        'name' { [pscustomobject] @{ StatusCode = [string] $status } }
        'digits' { [pscustomobject] @{ StatusCode = [string] [int] $status } }
        'table' { @{ StatusCode = [int] $status } }
        'no response' { $null }
        'no details' { $null }
        default { $Answer.Response }
    }
    if ($null -ne $response) {
        $refused | Add-Member -NotePropertyName 'Response' -NotePropertyValue $response
    }
    $record = New-Object -TypeName 'System.Management.Automation.ErrorRecord' -ArgumentList $refused, 'InvokeGraphHttpResponseException', 'InvalidOperation', $null
    if ($script:Case.shape -cne 'no details') {
        $details = "{0} {1}`nHTTP/1.1 {2}`nx-ms-ags-diagnostic: {{""ServerInfo"":{{}}}}`n`n{3}" -f $Method, $Uri, [int] $status, $Answer.Text
        $record.ErrorDetails = New-Object -TypeName 'System.Management.Automation.ErrorDetails' -ArgumentList $details
    }
    $record
}

function Invoke-MgGraphRequest {
    [CmdletBinding()]
    param([string] $Method, [string] $Uri, $Body, [string] $ContentType, [string] $OutputType)
    $Uri = $Uri -creplace '^https://graph\.microsoft\.com/', '/'
    if ($Uri.StartsWith('/')) {
        $Uri = $script:Case.base + $Uri
    }
    $answer = $null
    try {
        $answer = Send-StandIn $Method $Uri $Body
    }
    catch {
        $lost = New-Object -TypeName 'System.Net.Http.HttpRequestException' -ArgumentList 'An error occurred while sending the request.'
        $PSCmdlet.ThrowTerminatingError((New-Object -TypeName 'System.Management.Automation.ErrorRecord' -ArgumentList $lost, 'Lost', 'NotSpecified', $null))
    }
    if (-not $answer.Response.IsSuccessStatusCode) {
        $PSCmdlet.ThrowTerminatingError((New-Refusal $Method $Uri $answer))
    }
    if ($answer.Text.Length -gt 0) {
        ConvertFrom-Json $answer.Text
    }
}

Export-ModuleMember -Function 'Connect-MgGraph', 'Disconnect-MgGraph', 'Get-MgContext', 'Invoke-MgGraphRequest', 'Start-Sleep', 'Test-StandInYes', 'Get-StandInResult', 'Reset-StandIn'
