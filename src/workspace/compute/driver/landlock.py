"""Limits this process, and what it starts, to some folders, by Landlock of Linux 5.13 and newer.

https://docs.kernel.org/userspace-api/landlock.html; the numbers are those of linux/landlock.h.
"""
import ctypes
import os
import sys

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH = 1
_NO_NEW_PRIVILEGES = 38

_WRITE_FILE, _READ_FILE = 1 << 1, 1 << 2
# Bits 4 to 12: remove and make entries of every kind; 13: rename across folders (ABI 2); 14: truncate (ABI 3).
_CHANGE_ENTRIES = sum(1 << bit for bit in range(4, 13))
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_OF_FILES = _WRITE_FILE | _READ_FILE | _TRUNCATE
# Signals reach no process outside (ABI 6).
_SCOPE_SIGNAL = 1 << 1

_libc = ctypes.CDLL(None, use_errno=True)


class _Ruleset(ctypes.Structure):
    _fields_ = [("files", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def version():
    """The version of Landlock that the kernel offers; 0 when it has none."""
    if not sys.platform.startswith("linux") or os.uname().machine not in ("x86_64", "aarch64", "riscv64"):
        return 0
    return max(0, _syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG))


def restrict(write, read=None):
    """Allows changes below the paths ``write`` only, and reading files below ``read`` and ``write`` only, when it is given.

    Names can be listed everywhere. Paths that do not exist are left out. Answers whether the kernel enforces it from
    here on.
    """
    offered = version()
    if offered == 0:
        return False
    change = _WRITE_FILE | _CHANGE_ENTRIES | (_REFER if offered >= 2 else 0) | (_TRUNCATE if offered >= 3 else 0)
    handled = change if read is None else change | _READ_FILE
    attribute = _Ruleset(handled, 0, _SCOPE_SIGNAL if offered >= 6 else 0)
    # Older kernels know the beginning of the structure only.
    size = ctypes.sizeof(attribute) if offered >= 6 else ctypes.sizeof(ctypes.c_uint64)
    ruleset = _syscall(_CREATE_RULESET, ctypes.byref(attribute), size, 0)
    if ruleset < 0:
        return False
    try:
        _allow(ruleset, write, handled)
        _allow(ruleset, read or (), _READ_FILE & handled)
        _libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        return _syscall(_RESTRICT_SELF, ruleset, 0) == 0
    finally:
        os.close(ruleset)


def _allow(ruleset, paths, allowed):
    rule = _Beneath(allowed, -1)
    # Thousands of paths are usual where temporary files lie: what can be prepared is.
    add, number, kind, reference = _libc.syscall, ctypes.c_long(_ADD_RULE), ctypes.c_int(_PATH_BENEATH), ctypes.byref(rule)
    descriptor, flags = ctypes.c_int(ruleset), os.O_PATH | os.O_CLOEXEC
    for path in paths:
        try:
            parent = os.open(path, flags)
        except OSError:
            continue
        rule.parent = parent
        if add(number, descriptor, kind, reference, 0) < 0:
            # A file takes no rights of folders.
            rule.allowed = allowed & _OF_FILES
            add(number, descriptor, kind, reference, 0)
            rule.allowed = allowed
        os.close(parent)


def _syscall(number, *arguments):
    return _libc.syscall(ctypes.c_long(number), *arguments)


_libc.syscall.restype = ctypes.c_long
