// Copies standard input to I/O port 0x5e9, which QEMU writes to a file: a hundred times faster than a serial port.
#include <stdio.h>
#include <sys/io.h>
#include <unistd.h>

int main(void)
{
	static char buffer[65536];
	ssize_t n;

	if (iopl(3)) {
		perror("iopl");
		return 1;
	}
	while ((n = read(0, buffer, sizeof buffer)) > 0)
		outsb(0x5e9, buffer, n);
	return 0;
}
