# One image for every part: `attesto` (registry), `python -m verifier.page` (public page), `attesto-verify` (command line).
ARG PYTHON=python:3.13-slim

FROM ${PYTHON} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /source
COPY requirements/attesto.txt requirements/build.txt requirements/
RUN python -m venv --without-pip /opt/attesto \
 && pip --python /opt/attesto/bin/python install --require-hashes --only-binary :all: -r requirements/attesto.txt \
 && pip install --require-hashes --only-binary :all: -r requirements/build.txt
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY schemes/ schemes/
COPY verifier/ verifier/
COPY keys/ keys/
COPY registry/ registry/
RUN pip wheel --no-build-isolation --no-deps --wheel-dir /dist . \
 && pip --python /opt/attesto/bin/python install --no-deps --no-index /dist/*.whl

FROM ${PYTHON}
# Each folder is a volume's: a new volume takes over its owner.
RUN python -m pip uninstall --quiet --yes --root-user-action ignore pip \
 && useradd --system --uid 10001 --user-group --no-create-home attesto \
 && install --directory --owner attesto --group attesto --mode 0700 /registry /keys /holder-keys /guard \
 && install --directory --owner attesto --group attesto --mode 0755 /public /trust
COPY --from=build /opt/attesto /opt/attesto
ENV PATH=/opt/attesto/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /registry
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["attesto", "--help"]
