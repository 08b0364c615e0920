"""Authorities and certificates for tests, made by openssl."""

import subprocess


def openssl(*arguments, given=None):
    """What it prints."""
    done = subprocess.run(["openssl", *map(str, arguments)], input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Authority:
    """One that signs for others.
    folder    where its files go
    curve     of its key"""

    def __init__(self, folder, name="Works", curve="prime256v1"):
        self.folder = folder
        self.certificate = folder / f"{name}.pem"
        self.key = folder / f"{name}.key"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", f"ec_paramgen_curve:{curve}", "-nodes", "-subj", f"/CN={name}",
                "-days", "30", "-keyout", self.key, "-out", self.certificate, "-addext", "keyUsage=critical,keyCertSign")
        self._made = 0

    @property
    def pem(self):
        return self.certificate.read_text()

    def sign(self, request, days="7", extensions=""):
        """A certificate as PEM, for a request as PEM; its names are those of the request."""
        self._made += 1
        options = self.folder / f"{self.certificate.stem}-{self._made}.cnf"
        options.write_text(extensions)
        return openssl("x509", "-req", "-CA", self.certificate, "-CAkey", self.key, "-set_serial", str(self._made),
                       "-days", days, "-copy_extensions", "copyall", "-extfile", options, given=request)

    def client(self, subject, days="7", extensions="extendedKeyUsage=clientAuth"):
        """(certificate, key) of a client, as files."""
        self._made += 1
        key = self.folder / f"{self.certificate.stem}-client{self._made}.key"
        certificate = key.with_suffix(".pem")
        request = openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                          "-subj", subject, "-keyout", key)
        certificate.write_text(self.sign(request, days, extensions))
        return certificate, key


def text(pem):
    """A certificate or a request for people."""
    kind = "req" if "REQUEST" in pem else "x509"
    return openssl(kind, "-noout", "-text", given=pem)
