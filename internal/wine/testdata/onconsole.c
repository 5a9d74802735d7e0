/* onconsole FILE COMMANDLINE: runs a command on this console and writes to FILE, a line each: the modes of input and output before,
   whether escape codes were switched on meanwhile, the modes afterwards, and the exit code. All on the console get Ctrl-C when the
   folder FILE.ctrl-c is made; a key would reach the command alone, or under Wine this program alone. */
#include <windows.h>
#include <stdio.h>

static DWORD mode(DWORD which)
{
    DWORD m = 0;
    GetConsoleMode(GetStdHandle(which), &m);
    return m;
}

static BOOL WINAPI stay(DWORD event)
{
    return TRUE; /* Ctrl-C is for the command */
}

int wmain(int argc, WCHAR **argv)
{
    STARTUPINFOW start = { sizeof start };
    PROCESS_INFORMATION process;
    DWORD code, escapes = 0;
    WCHAR signal[MAX_PATH];
    FILE *out = _wfopen(argv[1], L"w");
    SetConsoleCtrlHandler(stay, TRUE);
    fprintf(out, "before %lx %lx\n", mode(STD_INPUT_HANDLE), mode(STD_OUTPUT_HANDLE));
    if (argc != 3 || !CreateProcessW(NULL, argv[2], NULL, NULL, FALSE, 0, NULL, NULL, &start, &process)) {
        fprintf(out, "error %lu\n", GetLastError());
        return 1;
    }
    _snwprintf(signal, MAX_PATH, L"%s.ctrl-c", argv[1]);
    while (WaitForSingleObject(process.hProcess, 5) == WAIT_TIMEOUT) {
        escapes |= mode(STD_OUTPUT_HANDLE) & 4; /* ENABLE_VIRTUAL_TERMINAL_PROCESSING */
        if (RemoveDirectoryW(signal)) GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0);
    }
    GetExitCodeProcess(process.hProcess, &code);
    fprintf(out, "escapes %s\nafter %lx %lx\nexit %lu\n", escapes ? "on" : "off", mode(STD_INPUT_HANDLE), mode(STD_OUTPUT_HANDLE), code);
    fclose(out);
    return 0;
}
