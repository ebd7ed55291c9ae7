"""The start page says who is logged in; the rest is the recipe's."""

from django.http import JsonResponse
from django.urls import path
from sluis_urls import urlpatterns as sluis


def home(request):
    session = dict(request.session.items())
    user = request.user.get_username()
    return JsonResponse({"user": user, "represents": session.get("represents")})


urlpatterns = [path("", home), *sluis]
