/** One line on standard error that is written over; without a terminal nothing is shown. */
export function progressLine(): { show(text: string): void; end(): void } {
  const shown = process.stderr.isTTY === true;
  return {
    show(text) {
      if (shown) process.stderr.write(`\r\u001b[2K  ${text}`);
    },
    end() {
      if (shown) process.stderr.write('\r\u001b[2K');
    },
  };
}
