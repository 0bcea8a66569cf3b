"""Django in one file, with middleware for the user of a request. gunicorn --preload -w 2 django_service:application"""

import os
from collections.abc import Callable

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from flagd.client import FlagClient, User

client = FlagClient(os.environ.get("FLAGD_URL", "http://localhost:8013"))
client.wait_ready(10)  # here, so that every worker begins with flags


def flags_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give each request its user; behind AuthenticationMiddleware, take request.user instead of headers."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.flag_user = User(request.headers["x-user"], properties={"plan": request.headers.get("x-plan", "free")})
        return get_response(request)

    return middleware


def checkout(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"checkout": client.variant("new-checkout", request.flag_user).key})


urlpatterns = [path("checkout", checkout)]
settings.configure(
    ALLOWED_HOSTS=["*"],
    MIDDLEWARE=["django_service.flags_middleware"],
    ROOT_URLCONF="django_service",
    SECRET_KEY=os.environ.get("SECRET_KEY", "only for this example"),
)
django.setup()
application = WSGIHandler()
