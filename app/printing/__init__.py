"""Templates as files: reading one, refusing what could do anything but be filled in, and contents it in."""

from app.domain.templates import Contents, Template, TemplateRefused
from app.printing import packages, sheets, texts


def read(template_id: str, ending: str, source: bytes) -> Template:
    """The template that a file is. Raises TemplateRefused with everything that is wrong."""
    package = packages.opened(source, ending)
    return texts.read(template_id, package, source) if ending == ".docx" else sheets.read(template_id, package, source)


def filled(template: Template, contents: Contents) -> bytes:
    """The file with its placeholders filled in: of equal values equal bytes. Raises TemplateRefused (more than a file holds)."""
    return texts.filled(template, contents) if template.ending == ".docx" else sheets.filled(template, contents)


__all__ = ["Contents", "Template", "TemplateRefused", "filled", "read"]
