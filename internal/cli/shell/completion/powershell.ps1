# To install: add this line to the file that $PROFILE names: appleconsent completion powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName appleconsent -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # The words before the cursor, without their quotes.
    $words = @(
        foreach ($element in $commandAst.CommandElements) {
            if ($element.Extent.EndOffset -ge $cursorPosition) { break }
            if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $element.Value }
            else { $element.Extent.Text }
        }
    )
    $program = $commandAst.GetCommandName()
    $arguments = @('__complete') + @($words | Select-Object -Skip 1) + @("$wordToComplete" -replace '^["'']|["'']$', '')

    # PowerShell before 7.3 drops empty arguments.
    if ($PSVersionTable.PSVersion -lt [version]'7.3.0' -or $PSNativeCommandArgumentPassing -eq 'Legacy') {
        $arguments = @($arguments | ForEach-Object { if ($_ -eq '') { '""' } else { $_ } })
    }
    $found = @(& $program @arguments 2>$null)
    if ($found.Count -eq 0) { return }
    $goOn = $found[-1]

    foreach ($line in ($found | Select-Object -SkipLast 1)) {
        $value, $description = $line -split "`t", 2
        if (-not $description) { $description = $value } # a tooltip must not be empty
        $text = $value
        if ($value -match '[^\w.:/=+-]') { $text = "'" + $value.Replace("'", "''") + "'" }
        [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $description)
    }
    if ($goOn -eq ':none') {
        if ($found.Count -eq 1) { '' } # for want of any answer PowerShell would offer files
        return
    }

    # PowerShell completes and quotes names of files itself; of --flag=FILE it is asked the part behind the sign.
    $prefix = ''
    $path = "$wordToComplete"
    if ($path -match '^(-[^=]*=)(.*)$') { $prefix, $path = $Matches[1], $Matches[2] }
    foreach ($file in [System.Management.Automation.CompletionCompleters]::CompleteFilename($path)) {
        if ($goOn -eq ':folders' -and $file.ResultType -ne 'ProviderContainer') { continue }
        $text = $prefix + $file.CompletionText
        [System.Management.Automation.CompletionResult]::new($text, $file.ListItemText, $file.ResultType, $file.ToolTip)
    }
}
