@{
    ModuleVersion     = '2.40.0'
    GUID              = '5a4c1f0e-6a0f-4b8e-9a52-0c1d7f3b2e11'
    RootModule        = 'Microsoft.Graph.Authentication.psm1'
    FunctionsToExport = 'Connect-MgGraph', 'Disconnect-MgGraph', 'Get-MgContext', 'Invoke-MgGraphRequest', 'Start-Sleep', 'Test-StandInYes', 'Get-StandInResult', 'Reset-StandIn'
}
