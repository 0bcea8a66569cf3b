"""Secret: certificates in a folder that is swapped as kubelet swaps a mounted Secret."""

import socket
import ssl

SECONDS = 60


class Secret:
    def __init__(self, folder, authority):
        self._folder = folder
        self._authority = authority
        self._version = 0
        folder.mkdir()
        self.renew()
        for name in ("tls.crt", "tls.key", "ca.crt"):
            (folder / name).symlink_to(f"..data/{name}")

    @property
    def files(self):
        return [self._folder / "tls.crt", self._folder / "tls.key"]

    @property
    def client_ca(self):
        return self._folder / "ca.crt"

    def renew(self, authority=None):
        """Swap in a new pair, and return its serial number."""
        names = ("IP:127.0.0.1", "DNS:localhost")
        certificate, key = self._authority.sign(f"server-{self._version}", "/CN=toy", "serverAuth", names)
        self.swap(certificate.read_bytes(), key.read_bytes(), authority or self._authority)
        return serial(certificate.read_text())

    def swap(self, certificate, key, authority=None):
        self._version += 1
        version = self._folder / f"..{self._version}"
        version.mkdir()
        (version / "tls.crt").write_bytes(certificate)
        (version / "tls.key").write_bytes(key)
        (version / "ca.crt").write_bytes(((authority or self._authority).folder / "ca.crt").read_bytes())
        (self._folder / "..data_tmp").symlink_to(version.name)
        (self._folder / "..data_tmp").rename(self._folder / "..data")


def serial(pem):
    return ssl.PEM_cert_to_DER_cert(pem)


def served(address):
    """Return the certificate that a new connection to `address` is shown."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    host, _, port = address.rpartition(":")
    with socket.create_connection((host, int(port)), SECONDS) as plain, context.wrap_socket(plain) as connection:
        return connection.getpeercert(binary_form=True)
