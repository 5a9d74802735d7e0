/* hold FILE SHARE MILLISECONDS: has a file open for reading as a virus scanner does. SHARE is what others may do meanwhile: 0
   nothing, 1 read. Says "held" when it has it. */
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    HANDLE file = INVALID_HANDLE_VALUE;
    int i;
    for (i = 0; i < 1000 && file == INVALID_HANDLE_VALUE; i++) { /* the program itself may have it */
        file = CreateFileA(argv[1], GENERIC_READ, atoi(argv[2]), NULL, OPEN_EXISTING, 0, NULL);
        if (file == INVALID_HANDLE_VALUE) Sleep(1);
    }
    if (argc != 4 || file == INVALID_HANDLE_VALUE) {
        fprintf(stderr, "error %lu\n", GetLastError());
        return 1;
    }
    printf("held\n");
    fflush(stdout);
    Sleep(atoi(argv[3]));
    CloseHandle(file);
    return 0;
}
