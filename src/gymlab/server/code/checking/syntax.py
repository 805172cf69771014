"""Reading a source as Python."""

import ast
import warnings

from gymlab.server.code.checking.source import Problem, Program, Source

_FILE = "<code>"
_TAB_HINT = "Use four spaces for each level; formatting cannot do it before the code can be read."
_HINTS = (
    ("expected ':'", "A line that begins a block ends with a colon."),
    ("was never closed", "Close it with the matching bracket."),
    ("unterminated string", "Close it with the same quotation mark."),
    ("unterminated triple-quoted", "Close it with the same three quotation marks."),
    ("expected an indented block", "Indent the next line by four spaces."),
    ("unexpected indent", "Remove the spaces in front of the line."),
    ("unindent does not match", "Indent it like the line it belongs to."),
    ("inconsistent use of tabs", _TAB_HINT),
    ("Missing parentheses in call to 'print'", "Write `print(...)`."),
    ("invalid character", "Was it pasted from a text with typographic signs? Type it again."),
    ("invalid non-printable character", "Delete it; it cannot be seen."),
    ("Maybe you meant '=='", "`==` compares, `=` assigns."),
    ("'return' outside function", "Indent it so that it belongs to the function."),
    ("'await' outside", "The code is called directly: `async` and `await` have no use here."),
)


def read_program(source: Source) -> Program | None:
    """Return the program; None where it is no Python, with the problem noted."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            tree = ast.parse(source.text, _FILE)
            code = compile(tree, _FILE, "exec", dont_inherit=True)
        except SyntaxError as error:
            _note(source, error)
            return None
        except (RecursionError, MemoryError):
            source.in_line(1, "too_deep", "The code is nested too deeply to be read.")
            return None
        except (ValueError, OverflowError) as error:
            source.in_line(1, "syntax", f"Python cannot read it: {error}.")
            return None
    for item in heard:
        if issubclass(item.category, SyntaxWarning | DeprecationWarning):
            text = str(item.message)
            message = f"{text[:1].upper()}{text[1:]}."
            source.in_line(item.lineno, "doubtful_syntax", message, severity="warning")
    return Program(tree, list(ast.walk(tree)), code)


def _note(source: Source, error: SyntaxError) -> None:
    text = error.msg
    hint = next((hint for words, hint in _HINTS if words in text), None)
    line = min(max(1, error.lineno or 1), len(source.lines))
    # Python counts a line more than there is when something is missing at the very end.
    column = max(1, error.offset or 1) if error.lineno == line else len(source.lines[line - 1]) + 1
    end_line, end_column = error.end_lineno, error.end_offset
    if not end_line or not end_column or (end_line, end_column) <= (line, column):
        end_line, end_column = line, column + 1
    is_tabs = isinstance(error, TabError)
    code = "mixed_indentation" if is_tabs else "syntax"
    message = f"{text[:1].upper()}{text[1:]}."
    source.add(Problem(line, column, end_line, end_column, "error", code, message, hint))
