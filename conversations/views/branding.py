"""The company's logo and colour as files: for everybody, kept by browsers for as long as they stay the same."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from conversations.models import Company

FOREVER = "public, max-age=31536000, immutable"


@require_safe
def logo(request: HttpRequest, name: str) -> HttpResponse:
    """The picture under the name made from its content; another name, also that of an old logo, is not found."""
    company = Company.objects.filter(logo_name=name).exclude(logo_name="").first()
    if company is None or company.logo is None:
        raise Http404
    return HttpResponse(bytes(company.logo or b""), content_type=company.logo_type, headers={"Cache-Control": FOREVER})


@require_safe
def style_sheet(request: HttpRequest) -> HttpResponse:
    """The palette in the company's colour; kept only under the address that names this very content."""
    company = Company.current()
    caching = FOREVER if request.GET.get("v") == company.style_mark else "no-cache"
    return HttpResponse(company.style_sheet(), content_type="text/css", headers={"Cache-Control": caching})
