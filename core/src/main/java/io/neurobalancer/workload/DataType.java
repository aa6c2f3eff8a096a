package io.neurobalancer.workload;

/** The element type of a tensor, with its size in memory. */
public enum DataType {
  /** IEEE 754 double precision. */
  FLOAT64(64),
  /** IEEE 754 single precision. */
  FLOAT32(32),
  /** IEEE 754 half precision. */
  FLOAT16(16),
  /** The upper half of a single-precision number. */
  BFLOAT16(16),
  /** Signed 64-bit integer. */
  INT64(64),
  /** Signed 32-bit integer. */
  INT32(32),
  /** Signed 16-bit integer. */
  INT16(16),
  /** Signed 8-bit integer. */
  INT8(8),
  /** Unsigned 64-bit integer. */
  UINT64(64),
  /** Unsigned 32-bit integer. */
  UINT32(32),
  /** Unsigned 16-bit integer. */
  UINT16(16),
  /** Unsigned 8-bit integer. */
  UINT8(8),
  /** Truth value, one byte. */
  BOOL(8),
  /** Eight-bit floating point, of any of its formats. */
  FLOAT8(8),
  /** Signed 4-bit integer, two in a byte. */
  INT4(4),
  /** Unsigned 4-bit integer, two in a byte. */
  UINT4(4);

  private final int bits;

  DataType(int bits) {
    this.bits = bits;
  }

  /** Returns the size of one element as it is addressed, bytes; at least 1. */
  public int bytes() {
    return Math.max(1, bits / 8);
  }

  /**
   * Returns the size of a packed tensor, bytes.
   *
   * @param elements how many, not negative
   * @throws ArithmeticException if the size is beyond a long
   */
  public long bytes(long elements) {
    return bits >= 8
        ? Math.multiplyExact(elements, bits / 8)
        : Math.addExact(Math.multiplyExact(elements, bits), 7) / 8;
  }
}
