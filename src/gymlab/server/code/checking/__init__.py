"""What is wrong with a source, as far as that shows without running it.

Everything here reads text, syntax trees and compiled code, and executes none of it. It runs in a
small process of its own (`__main__.py`), because Python's parser holds the interpreter's lock and
a source made for it can exhaust the stack.
"""
