// A certification's number from its 60 bits: twelve symbols and a Luhn check character modulo 32.

const SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** The normalised number of 60 bits, given as a BigInt. */
export function formatNumber(value) {
  const values = Array.from({ length: 12 }, (_, place) => Number((value >> BigInt(55 - 5 * place)) & 31n));
  const total = values.reduce((sum, digit, place) => sum + (place % 2 ? Math.floor((2 * digit) / 32) + ((2 * digit) % 32) : digit), 0);
  return [...values, (32 - (total % 32)) % 32].map((digit) => SYMBOLS[digit]).join("");
}
