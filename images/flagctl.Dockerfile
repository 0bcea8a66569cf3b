# docker build --file images/flagctl.Dockerfile .      The same root as `make image` makes without Docker; the release pins BASE.
ARG BASE=debian:bookworm-slim
FROM ${BASE} AS build
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates mmdebstrap python3-venv
COPY . /src
RUN python3 -m venv /build && /build/bin/python -m pip install --require-hashes --requirement /src/requirements/build.txt
RUN cd /src && /build/bin/python -m scripts.image.rootfs flagctl /root-of-image

FROM scratch
COPY --from=build /root-of-image/ /
LABEL org.opencontainers.image.title="flagctl" \
      org.opencontainers.image.description="Lints, explains and applies feature flags" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="https://github.com/flagoperator/flagoperator"
ENV PATH=/usr/local/bin:/usr/bin:/bin PYTHONUNBUFFERED=1 SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/flagctl"]
