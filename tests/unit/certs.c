/* certs.c - X.509 certificates, made once for tests
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "certs.h"

#include <string.h>

/* Base64 of DER. Issuer is Example Issuing CA and subject CN=vpn.example.com where nothing else is
 * said. */
static const struct {
    const char *name, *text;
} certs[] = {
    /* clang-format off */
    /* CN=Example Root, CA, self-signed */
    { "root",
      "MIIBXjCCAQWgAwIBAgIBATAKBggqhkjOPQQDAjAXMRUwEwYDVQQDDAxFeGFtcGxlIFJvb3QwHhcNMjMwMTAxMDAwMD"
      "AwWhcNNDMwMTAxMDAwMDAwWjAXMRUwEwYDVQQDDAxFeGFtcGxlIFJvb3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC"
      "AASjTBYoa86k5P7rv2S8SWs5KWK96x4vl9Y0hPVKbVGUhHwLbakMd7un1czWQpGbNF9s1Yw6U8V+yW1B7qA8Gq6Ko0"
      "IwQDAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAdBgNVHQ4EFgQUpDYlhEgf47ldf0kzloxwM6zL4Sww"
      "CgYIKoZIzj0EAwIDRwAwRAIgLCeIi6P7xrF5InAGokk7B/2yWx/pWU4TDMyE2ScuPccCIDxYpDR3ce0HQws4kvk652"
      "Z7VJexoH7SFWXQBv2brBgH" },
    /* CN=Example Issuing CA, issued by Example Root */
    { "inter",
      "MIIBhTCCASygAwIBAgIBAjAKBggqhkjOPQQDAjAXMRUwEwYDVQQDDAxFeGFtcGxlIFJvb3QwHhcNMjMwMTAxMDAwMD"
      "AwWhcNNDMwMTAxMDAwMDAwWjAdMRswGQYDVQQDDBJFeGFtcGxlIElzc3VpbmcgQ0EwWTATBgcqhkjOPQIBBggqhkjO"
      "PQMBBwNCAAQrQIqCeAk6oHIefvuoAz7zkalHuU5rtxTD47f+5j+uUK5HbUuj8sqsguvilu68JKHo1xp4zt65RzHY/N"
      "fHh8cTo2MwYTAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAdBgNVHQ4EFgQUfrQGl/x1e3FVnEm0HkJ7"
      "0MMp1iQwHwYDVR0jBBgwFoAUpDYlhEgf47ldf0kzloxwM6zL4SwwCgYIKoZIzj0EAwIDRwAwRAIgZRt5mpgwiTeZ0M"
      "oYkP7HpngwDSQD1mhDOnhDFJ3tZLMCIF/vRAnjt6kzNgnC412wqFIPgm9AFtCkNMwQ7jOMIFun" },
    /* CN=Another Root, CA, self-signed */
    { "elsewhere",
      "MIIBXjCCAQWgAwIBAgIBAzAKBggqhkjOPQQDAjAXMRUwEwYDVQQDDAxBbm90aGVyIFJvb3QwHhcNMjMwMTAxMDAwMD"
      "AwWhcNNDMwMTAxMDAwMDAwWjAXMRUwEwYDVQQDDAxBbm90aGVyIFJvb3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC"
      "AATheg2c+1vszqNJA/GzpIgt7R3DayJWRBRXV4KOJMa01tmXmlPoSolbpXpthhrfiyYXzf1ULPsMm0Hop6ToplQMo0"
      "IwQDAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwIBBjAdBgNVHQ4EFgQUCgXFUV6/iUlTG/Y+y21smDuFBlEw"
      "CgYIKoZIzj0EAwIDRwAwRAIgbzRHVf9aSPIAeZyXuijVJQBk/DjhrcVuh3f3TDFDKYoCIHpDBwvLpNcSC534CGrhOW"
      "rV6N6iV0wv3vLdhnIWVVMz" },
    /* RSA 2048, DNS:vpn.example.com, serverAuth, 2023 to 2043; what is not said below is like this */
    { "leaf",
      "MIICZDCCAgqgAwIBAgIBBDAKBggqhkjOPQQDAjAdMRswGQYDVQQDDBJFeGFtcGxlIElzc3VpbmcgQ0EwHhcNMjMwMT"
      "AxMDAwMDAwWhcNNDMwMTAxMDAwMDAwWjAaMRgwFgYDVQQDDA92cG4uZXhhbXBsZS5jb20wggEiMA0GCSqGSIb3DQEB"
      "AQUAA4IBDwAwggEKAoIBAQC0n81WlEqs+SclBpz9SC0FSlOtdu9qxr4BZmG/fRexC8aDunHMLLI6pn/6Um11GRsJKk"
      "7ybXWU6dOlk/zPs6KIGWtrM/FJMqE0Oj2KdDpU9jad+3u+2j7eRKSrA0Kgt3rgvSmhTWNLqNsEUiGalJ1BnP+PL/+T"
      "82F9w3AiCzU9C8giCAMInEXGP0rOqATXifr3fDL8jCfplCxVzELt/ahKRKTqqSxEw+XkJl0Flo8kLYJAwJDvJ2ggaA"
      "OiCywq0nbyx2EMh5lVyOd9BOEse5vy1EudXXnGQORMggmEEgETnNuzHYftXnYfkmQTJLAi5ATBO1rXNjdGspWbZB2m"
      "sF+hAgMBAAGjczBxMBoGA1UdEQQTMBGCD3Zwbi5leGFtcGxlLmNvbTATBgNVHSUEDDAKBggrBgEFBQcDATAdBgNVHQ"
      "4EFgQUwdZbV9KnATJhBXfVI1RHSJXIec8wHwYDVR0jBBgwFoAUfrQGl/x1e3FVnEm0HkJ70MMp1iQwCgYIKoZIzj0E"
      "AwIDSAAwRQIhALS4ztieMGIneExfm7EfEjHuBK/M6I1xIHbLusJ0OITqAiBOHM6WCEigApbxilmjNCaNpcUdBCkXCT"
      "gbz0RvcuTv0Q==" },
    /* EC, CA/Browser Forum policy, AIA ca.example.net, OCSP ocsp.example.net, CRL crl.example.net:8080 */
    { "public",
      "MIICTDCCAfKgAwIBAgIBBTAKBggqhkjOPQQDAjAdMRswGQYDVQQDDBJFeGFtcGxlIElzc3VpbmcgQ0EwHhcNMjMwMT"
      "AxMDAwMDAwWhcNNDMwMTAxMDAwMDAwWjAaMRgwFgYDVQQDDA92cG4uZXhhbXBsZS5jb20wWTATBgcqhkjOPQIBBggq"
      "hkjOPQMBBwNCAARhNpCWx5sy1J3vZy07fm6YyiWJVWICsBGtzF5UqmgzJNwW6zyEE1nNoWwWrg900kcHeTnh5xTi9e"
      "eyodgwr6eyo4IBJDCCASAwGgYDVR0RBBMwEYIPdnBuLmV4YW1wbGUuY29tMBMGA1UdJQQMMAoGCCsGAQUFBwMBMBMG"
      "A1UdIAQMMAowCAYGZ4EMAQIBMGAGCCsGAQUFBwEBBFQwUjArBggrBgEFBQcwAoYfaHR0cDovL2NhLmV4YW1wbGUubm"
      "V0L2ludGVyLmRlcjAjBggrBgEFBQcwAYYXaHR0cDovL29jc3AuZXhhbXBsZS5uZXQwNgYDVR0fBC8wLTAroCmgJ4Yl"
      "aHR0cDovL2NybC5leGFtcGxlLm5ldDo4MDgwL2ludGVyLmNybDAdBgNVHQ4EFgQUqw5N6uj7DyGqEzZz5ETQxwpHAt"
      "4wHwYDVR0jBBgwFoAUfrQGl/x1e3FVnEm0HkJ70MMp1iQwCgYIKoZIzj0EAwIDSAAwRQIgO1tF6SuuCIrllFIEIpRH"
      "jQ2HMCUg3k8e1B1evUVuqkcCIQD6UTBHqoeF9JOKyG76dX+nV0s/XsJQeVe/bI9dguXahQ==" },
    /* EC, AIA ca.example.net */
    { "aia",
      "MIIB1zCCAX6gAwIBAgIBBjAKBggqhkjOPQQDAjAdMRswGQYDVQQDDBJFeGFtcGxlIElzc3VpbmcgQ0EwHhcNMjMwMT"
      "AxMDAwMDAwWhcNNDMwMTAxMDAwMDAwWjAaMRgwFgYDVQQDDA92cG4uZXhhbXBsZS5jb20wWTATBgcqhkjOPQIBBggq"
      "hkjOPQMBBwNCAASdVL0/9e0fOIo3SC1AyoK0LUeRdzqmGn/B/LKNzQw0UjLKa7J9HwvFO5mR2W5VpmVhaj+cxLliHG"
      "qRxGCd/W6no4GxMIGuMBoGA1UdEQQTMBGCD3Zwbi5leGFtcGxlLmNvbTATBgNVHSUEDDAKBggrBgEFBQcDATA7Bggr"
      "BgEFBQcBAQQvMC0wKwYIKwYBBQUHMAKGH2h0dHA6Ly9jYS5leGFtcGxlLm5ldC9pbnRlci5kZXIwHQYDVR0OBBYEFG"
      "oeP2hgVLTjrteVWL3pUhTNWTX0MB8GA1UdIwQYMBaAFH60Bpf8dXtxVZxJtB5Ce9DDKdYkMAoGCCqGSM49BAMCA0cA"
      "MEQCICBIVxaUJJfCvXKwFVyOwXraBO+W9AVdBmFbukj7T9eUAiB78lyPnSiJpgU/tlSJiHhqLB0llLHthSBfzTn6oz"
      "SCWw==" },
    /* EC, DNS:mail.example.org, IP:192.0.2.77 */
    { "other",
      "MIIBoTCCAUegAwIBAgIBBzAKBggqhkjOPQQDAjAdMRswGQYDVQQDDBJFeGFtcGxlIElzc3VpbmcgQ0EwHhcNMjMwMT"
      "AxMDAwMDAwWhcNNDMwMTAxMDAwMDAwWjAbMRkwFwYDVQQDDBBtYWlsLmV4YW1wbGUub3JnMFkwEwYHKoZIzj0CAQYI"
      "KoZIzj0DAQcDQgAEP30xLpXBcXS1uMhTZAwXzEO9m56TpPZVApT47XxhhjcCIEd807IBKBqXEmLIKRfl0jyIv2+TO7"
      "Wt8QG/HR6Ml6N6MHgwIQYDVR0RBBowGIIQbWFpbC5leGFtcGxlLm9yZ4cEwAACTTATBgNVHSUEDDAKBggrBgEFBQcD"
      "ATAdBgNVHQ4EFgQUe2GedwlYbhuSf48FiQHNc57aOk8wHwYDVR0jBBgwFoAUfrQGl/x1e3FVnEm0HkJ70MMp1iQwCg"
      "YIKoZIzj0EAwIDSAAwRQIgJk2dYCoqW1/Kb7jmSw8ic/l53mj6rTuMz/yc/wwLdVsCIQCsLZ9lGwQpTERjTZCjk23O"
      "6uQn4O5CKo2h+Cm+1CjFdQ==" },
    /* EC, DNS:*.example.com */
    { "wild",
      "MIIBjzCCATWgAwIBAgIBCDAKBggqhkjOPQQDAjAdMRswGQYDVQQDDBJFeGFtcGxlIElzc3VpbmcgQ0EwHhcNMjMwMT"
      "AxMDAwMDAwWhcNNDMwMTAxMDAwMDAwWjASMRAwDgYDVQQKDAdFeGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD"
      "QgAEfucloVF4/mvrn9kaSs58BztN947vKXXN6cHdblo82nyighNY5CLZc0aivKAfYoNNHpOs9tN1CwVmKM3Kem1Wr6"
      "NxMG8wGAYDVR0RBBEwD4INKi5leGFtcGxlLmNvbTATBgNVHSUEDDAKBggrBgEFBQcDATAdBgNVHQ4EFgQUM/tiX+pP"
      "SDN+hluaaDGELmIuDZkwHwYDVR0jBBgwFoAUfrQGl/x1e3FVnEm0HkJ70MMp1iQwCgYIKoZIzj0EAwIDSAAwRQIgOd"
      "uGFewXJEorn4Kb3YLahECOJXN1gMjAD83k6wVXQUgCIQCxBwdu+lJKitlAbs2OWGhvf3vQVjuNDOyiv1W5xfyENw==" },
    /* EC, IP:198.51.100.20, IP:2001:db8::20 */
    { "ip",
      "MIIBlzCCAT6gAwIBAgIBCTAKBggqhkjOPQQDAjAdMRswGQYDVQQDDBJFeGFtcGxlIElzc3VpbmcgQ0EwHhcNMjMwMT"
      "AxMDAwMDAwWhcNNDMwMTAxMDAwMDAwWjASMRAwDgYDVQQKDAdFeGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD"
      "QgAE3gUM9jrPRoQF+heMs7wu/gYJQhk196/s//gU/eCUuhFbAPRSONSDEPqkL4Se+dbiQIr7LwkTv1eCDg1s3p57rK"
      "N6MHgwIQYDVR0RBBowGIcExjNkFIcQIAENuAAAAAAAAAAAAAAAIDATBgNVHSUEDDAKBggrBgEFBQcDATAdBgNVHQ4E"
      "FgQUNZ1USYUvSArrVgzdmXppUJTKrq8wHwYDVR0jBBgwFoAUfrQGl/x1e3FVnEm0HkJ70MMp1iQwCgYIKoZIzj0EAw"
      "IDRwAwRAIgWRh9Ultni0WETOGnuLP9VGLnShPuNhuBskmpJvysRJUCIDOvJIfNgGft7cFykLQOAP2cqJ6CRchmz82U"
      "GmFRK/Ma" },
    /* EC, CN=vpn.example.com, no alternative name, no extended key usage */
    { "cn",
      "MIIBdDCCARmgAwIBAgIBCjAKBggqhkjOPQQDAjAdMRswGQYDVQQDDBJFeGFtcGxlIElzc3VpbmcgQ0EwHhcNMjMwMT"
      "AxMDAwMDAwWhcNNDMwMTAxMDAwMDAwWjAaMRgwFgYDVQQDDA92cG4uZXhhbXBsZS5jb20wWTATBgcqhkjOPQIBBggq"
      "hkjOPQMBBwNCAARruBNC3hEqJjPJdw7/4OzJxPjYS8khc+QKGdZ/WLD/Zad83U440Npmf2LcIvVkC3i59973kJpnyl"
      "/6todiFRTGo00wSzAJBgNVHRMEAjAAMB0GA1UdDgQWBBT54tkVDUqCubr0mtMd/dawMDlI7zAfBgNVHSMEGDAWgBR+"
      "tAaX/HV7cVWcSbQeQnvQwynWJDAKBggqhkjOPQQDAgNJADBGAiEA4gEqhg/WIUI+bcXpWdFaV/YiwyNwxov7838aVL"
      "9pzm4CIQC4YpFI6E4ZrxrM2XiQuqn8Cc26tVE9jt9bHMJSCkCNbw==" },
    /* EC, no extended key usage */
    { "noeku",
      "MIIBhDCCASqgAwIBAgIBCzAKBggqhkjOPQQDAjAdMRswGQYDVQQDDBJFeGFtcGxlIElzc3VpbmcgQ0EwHhcNMjMwMT"
      "AxMDAwMDAwWhcNNDMwMTAxMDAwMDAwWjAaMRgwFgYDVQQDDA92cG4uZXhhbXBsZS5jb20wWTATBgcqhkjOPQIBBggq"
      "hkjOPQMBBwNCAASxb91IYEyAUcsokqCrLiRUhGkTGzjZ2AH/pyJsB67nMk+GwfBBWnVeVpzL4hMN5xzDN3L1voRoPS"
      "z4WmwtZD8po14wXDAaBgNVHREEEzARgg92cG4uZXhhbXBsZS5jb20wHQYDVR0OBBYEFKsYUtg/QW1ELpmc0c3P2PUd"
      "XkmeMB8GA1UdIwQYMBaAFH60Bpf8dXtxVZxJtB5Ce9DDKdYkMAoGCCqGSM49BAMCA0gAMEUCIQDqaPx+7Qc/IsM4+b"
      "lVrPGQVrhsc1stiR1l1wL3W9kqeQIgKaW9nXYcxQ/7eRdeInEhp9VupWn6U2wuBIjNYJvmwxM=" },
    /* EC, clientAuth */
    { "clientauth",
      "MIIBmTCCAT+gAwIBAgIBDDAKBggqhkjOPQQDAjAdMRswGQYDVQQDDBJFeGFtcGxlIElzc3VpbmcgQ0EwHhcNMjMwMT"
      "AxMDAwMDAwWhcNNDMwMTAxMDAwMDAwWjAaMRgwFgYDVQQDDA92cG4uZXhhbXBsZS5jb20wWTATBgcqhkjOPQIBBggq"
      "hkjOPQMBBwNCAAR/dj7nm86EeYFdLZpdpqoJSuIlWEW0Q88gbcR6CsKLKORVs7RTAu02K0WelOFVE8RFHGU+84dwrW"
      "h03ocunl6no3MwcTAaBgNVHREEEzARgg92cG4uZXhhbXBsZS5jb20wEwYDVR0lBAwwCgYIKwYBBQUHAwIwHQYDVR0O"
      "BBYEFDVvii0//SCIr+6S8ZIylalhxTMIMB8GA1UdIwQYMBaAFH60Bpf8dXtxVZxJtB5Ce9DDKdYkMAoGCCqGSM49BA"
      "MCA0gAMEUCIQDpQq+7+cE2ZR6pFWYtrAyicc7Bv87mWEUymHNpKmFiPwIgARmgutXgDCV18/AJoqYsts3zsvbQSLEK"
      "FE6PLYNlKIo=" },
    /* EC, 2020-01-01 to 2023-10-01 */
    { "expired",
      "MIIBmTCCAT+gAwIBAgIBDTAKBggqhkjOPQQDAjAdMRswGQYDVQQDDBJFeGFtcGxlIElzc3VpbmcgQ0EwHhcNMjAwMT"
      "AxMDAwMDAwWhcNMjMxMDAxMDAwMDAwWjAaMRgwFgYDVQQDDA92cG4uZXhhbXBsZS5jb20wWTATBgcqhkjOPQIBBggq"
      "hkjOPQMBBwNCAARE/GhUB4SDmb6qp4mk/KhZOdljeTumT+7HoXmEL826kCXsvZKAj+VkkSsBK3Yj//QSTbRAMcgurC"
      "/LFc/UP+cso3MwcTAaBgNVHREEEzARgg92cG4uZXhhbXBsZS5jb20wEwYDVR0lBAwwCgYIKwYBBQUHAwEwHQYDVR0O"
      "BBYEFLFkMTiH2spsWRBgtURVp5AD3lsiMB8GA1UdIwQYMBaAFH60Bpf8dXtxVZxJtB5Ce9DDKdYkMAoGCCqGSM49BA"
      "MCA0gAMEUCICMObH9aMY9bLu9n7HTSOFry8XQaLP7/S+J8f+JLx71mAiEAqitd15PCEhyxZNJFcseolXOGmy+K1XgZ"
      "AeUqnHuvN1Y=" },
    /* EC, from 2024-01-01 */
    { "future",
      "MIIBmTCCAT+gAwIBAgIBDjAKBggqhkjOPQQDAjAdMRswGQYDVQQDDBJFeGFtcGxlIElzc3VpbmcgQ0EwHhcNMjQwMT"
      "AxMDAwMDAwWhcNNDMwMTAxMDAwMDAwWjAaMRgwFgYDVQQDDA92cG4uZXhhbXBsZS5jb20wWTATBgcqhkjOPQIBBggq"
      "hkjOPQMBBwNCAASBvHutTde2gX3HaHAwTTowFVni/Pxt2T/53kSkpU9bbYvnckV8lPvSh/6YRTTtGojtsRAAvdAEvs"
      "S7vdWy5zjro3MwcTAaBgNVHREEEzARgg92cG4uZXhhbXBsZS5jb20wEwYDVR0lBAwwCgYIKwYBBQUHAwEwHQYDVR0O"
      "BBYEFON+ZVf5Zr2vkZ6gEeaaYZ/w9e1qMB8GA1UdIwQYMBaAFH60Bpf8dXtxVZxJtB5Ce9DDKdYkMAoGCCqGSM49BA"
      "MCA0gAMEUCIQDOuLVF1skUhYH90T+zjN2rXgjnVL8APJ3916Yc7mxhtAIgOW1RlhQEJAttQ41siZg6dNEb4ba/t+fd"
      "cF3K8INURDI=" },
    /* EC */
    { "ecdsa",
      "MIIBmTCCAT+gAwIBAgIBDzAKBggqhkjOPQQDAjAdMRswGQYDVQQDDBJFeGFtcGxlIElzc3VpbmcgQ0EwHhcNMjMwMT"
      "AxMDAwMDAwWhcNNDMwMTAxMDAwMDAwWjAaMRgwFgYDVQQDDA92cG4uZXhhbXBsZS5jb20wWTATBgcqhkjOPQIBBggq"
      "hkjOPQMBBwNCAATBVHjflmnhdn5q8Z23uY/OF4ng9SN2PpZs7fBDI2Zuu3k47vm2l8+IGKjmjZ0HSnAqbrApA+48P7"
      "0FGK7yMVuEo3MwcTAaBgNVHREEEzARgg92cG4uZXhhbXBsZS5jb20wEwYDVR0lBAwwCgYIKwYBBQUHAwEwHQYDVR0O"
      "BBYEFIckzSD4TBZBvX99Vhed3ub33a8kMB8GA1UdIwQYMBaAFH60Bpf8dXtxVZxJtB5Ce9DDKdYkMAoGCCqGSM49BA"
      "MCA0gAMEUCIAC0zMETTVVO5+bfL8FSuaYy8ucEuBvnM9KZ78vfif/LAiEAzJ8BItbNdR15r5afqQXddbhP72jEp6GG"
      "CzHuXYc3eaA=" },
    /* EC, self-signed */
    { "self",
      "MIIBdjCCARugAwIBAgIBEDAKBggqhkjOPQQDAjAaMRgwFgYDVQQDDA92cG4uZXhhbXBsZS5jb20wHhcNMjMwMTAxMD"
      "AwMDAwWhcNNDMwMTAxMDAwMDAwWjAaMRgwFgYDVQQDDA92cG4uZXhhbXBsZS5jb20wWTATBgcqhkjOPQIBBggqhkjO"
      "PQMBBwNCAASLAhgmMhkwMVSYqr6i5ZrivYjllAEMwGRs0ty808MKx8/gJipBsmO7G7rfFdFxfXj8BcD/sP74RojYmD"
      "iGNfp9o1IwUDAaBgNVHREEEzARgg92cG4uZXhhbXBsZS5jb20wEwYDVR0lBAwwCgYIKwYBBQUHAwEwHQYDVR0OBBYE"
      "FOUgqucfNZuMkUmfCt4PbD4hYbdbMAoGCCqGSM49BAMCA0kAMEYCIQCgfdD3dlgEbNXpdu/jS7Pk4HghQACdRWXCWk"
      "uakZtwywIhAIi2SWsl5tWXOyptiyff+PB+xBxnc0mpajaoXu/0thho" },
    /* CN=Example Old CA, issued by Example Root, 2020-01-01 to 2023-10-01 */
    { "oldinter",
      "MIIBgjCCASigAwIBAgIBETAKBggqhkjOPQQDAjAXMRUwEwYDVQQDDAxFeGFtcGxlIFJvb3QwHhcNMjAwMTAxMDAwMD"
      "AwWhcNMjMxMDAxMDAwMDAwWjAZMRcwFQYDVQQDDA5FeGFtcGxlIE9sZCBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEH"
      "A0IABF51UP4BRg8l7kCvmZdOxT/0VheQcgRRQLi1TwqsNQJrzMe9ecsJ0EEPtWX/ZOvQng7ZlWetkjPQ5b8FvLPtZd"
      "CjYzBhMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgEGMB0GA1UdDgQWBBTuhnM1rlBOt4EsZVFS+mGpvS/u"
      "aDAfBgNVHSMEGDAWgBSkNiWESB/juV1/STOWjHAzrMvhLDAKBggqhkjOPQQDAgNIADBFAiEAwp2iQvNU+/Zu4SX3L+"
      "Q9fuRsXvzCnQzbNiBCeRuEufwCIG1qWQGRqywOxYTIZE5Lrcv5icfGjhtPOY25Ah4602/e" },
    /* EC, issued by Example Old CA */
    { "underold",
      "MIIBlDCCATugAwIBAgIBEjAKBggqhkjOPQQDAjAZMRcwFQYDVQQDDA5FeGFtcGxlIE9sZCBDQTAeFw0yMzAxMDEwMD"
      "AwMDBaFw00MzAxMDEwMDAwMDBaMBoxGDAWBgNVBAMMD3Zwbi5leGFtcGxlLmNvbTBZMBMGByqGSM49AgEGCCqGSM49"
      "AwEHA0IABFSlH6rq2dNS7KO66t4QM3iml09RC8yWayxHoGDXPOxxvSgWfsmvoUvDIQdGQnlJ1k4G6hE0etGxXuMaip"
      "ENFZujczBxMBoGA1UdEQQTMBGCD3Zwbi5leGFtcGxlLmNvbTATBgNVHSUEDDAKBggrBgEFBQcDATAdBgNVHQ4EFgQU"
      "isuc4conTWYEdbT9iaXbKXC9dqwwHwYDVR0jBBgwFoAU7oZzNa5QTreBLGVRUvphqb0v7mgwCgYIKoZIzj0EAwIDRw"
      "AwRAIgbIc2snw/rzDHhC2pxzhupNtZbw6nJWSQfgF06/y+udECIFgN06suoQNXnsz70iyu2K0UxpQqzHfnedJyUwgq"
      "0aY7" },
    /* RSA 1024 */
    { "short",
      "MIIB3zCCAYagAwIBAgIBEzAKBggqhkjOPQQDAjAdMRswGQYDVQQDDBJFeGFtcGxlIElzc3VpbmcgQ0EwHhcNMjMwMT"
      "AxMDAwMDAwWhcNNDMwMTAxMDAwMDAwWjAaMRgwFgYDVQQDDA92cG4uZXhhbXBsZS5jb20wgZ8wDQYJKoZIhvcNAQEB"
      "BQADgY0AMIGJAoGBAMVx8D7JSpB7SfksTwpBrYBld+RrA3lkTCeaEtBq8iNRAv2Xbndt6gsug22tgBrdkdoB5waUsd"
      "NE69H94Bmo+asOjDqWlvKRfWtRq+2sANfD5Ju33xlLoquIs6UevQcImufXVHyp6jpspVqmVH8yqa2j2UXhQ2guOegX"
      "8muiMhkhAgMBAAGjczBxMBoGA1UdEQQTMBGCD3Zwbi5leGFtcGxlLmNvbTATBgNVHSUEDDAKBggrBgEFBQcDATAdBg"
      "NVHQ4EFgQUBKr8Izs2MwNQzn6yNrrW9nsIQPYwHwYDVR0jBBgwFoAUfrQGl/x1e3FVnEm0HkJ70MMp1iQwCgYIKoZI"
      "zj0EAwIDRwAwRAIga9vt4qdWgxLskVwVRrbr4ESO0IosN2Ql98cPuYltjrICIGMpIW9K/mFY2qvR0hmSNz5KvtcQLc"
      "HMSm9qb0mZH7bk" },
    /* CN=Example SHA-1 CA, RSA 2048, self-signed with SHA-1 */
    { "rsaca",
      "MIIC8zCCAdugAwIBAgIBFDANBgkqhkiG9w0BAQUFADAbMRkwFwYDVQQDDBBFeGFtcGxlIFNIQS0xIENBMB4XDTIzMD"
      "EwMTAwMDAwMFoXDTQzMDEwMTAwMDAwMFowGzEZMBcGA1UEAwwQRXhhbXBsZSBTSEEtMSBDQTCCASIwDQYJKoZIhvcN"
      "AQEBBQADggEPADCCAQoCggEBAJAHEp168uElMdlhUTFCyjnIt6gPzEGpI+4UhgQV7lJvJPqUorXvzUSmL53U97H1iS"
      "anx+yxdCPDTJdczyqoo2MHIGesoC0Hm2+18iHiOr6jhAHb0cj40OKaXHsisF2Ie7dWxc4ZbGjJCqF9FjQU1qTz0T4w"
      "dVDNWxJImIzp8Vn46gRHCK6W4zh/oWBjiXtiGuUEWlLLFKuBZ6/XtH8WAQ4FIKd9nDY5X1SaSdxUP4/boiBXNX6DIa"
      "IYCp4M6ChASHGARZCduHmgZJp2c+k/Nji+Tho+IQbMYrRrhjcZvcMz2Q3ilLt9JOjJYAHZfCiyY8Goz7YtaRgT88NA"
      "macCOPkCAwEAAaNCMEAwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYwHQYDVR0OBBYEFEsQJXYBJnk8A4"
      "trQbDKQZh/G867MA0GCSqGSIb3DQEBBQUAA4IBAQAyOYDGFr0g8ZnxnY/kqY/N+vrg+fW9i7IzV36vullwjHwWTy8K"
      "yf95vEByQT0MYULVSlNq1ARmrHonDY/HzPiWDutW7jBn5zu1FnvCJCFmBK9mYeOfRS2lLlDTvdkpRrtczYyCpS0QqS"
      "FIDLmXvX/qaFZLCl4jf8RybvvCS3MwQjd/TNEQ67Q1iCHpIl242BuVDRrJd78cPn/vunLZEYksSBNjjMjXAI9sWq6H"
      "PWso2wzupqAFWrbSVrZNExHZRV3bo5X5RnW85Vx3elDWs0slwY0n2k5knDp7ZIMyTsljOA5sgK+9uLq/HbjcYZ2wcU"
      "Y8MEJYezAwAYnFSwbNz1Bb" },
    /* EC, signed with SHA-1 by Example SHA-1 CA */
    { "sha1",
      "MIICWDCCAUCgAwIBAgIBFTANBgkqhkiG9w0BAQUFADAbMRkwFwYDVQQDDBBFeGFtcGxlIFNIQS0xIENBMB4XDTIzMD"
      "EwMTAwMDAwMFoXDTQzMDEwMTAwMDAwMFowGjEYMBYGA1UEAwwPdnBuLmV4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYI"
      "KoZIzj0DAQcDQgAEPL3HYEKffHYqR5tp7HjfSq7kSZbka8aL00/T/g9AQvWmBKlUdu+u7AZJ5JTntTu87SPuscbIkP"
      "HNXKlzdSferqNzMHEwGgYDVR0RBBMwEYIPdnBuLmV4YW1wbGUuY29tMBMGA1UdJQQMMAoGCCsGAQUFBwMBMB0GA1Ud"
      "DgQWBBRJHkCYpsZ7bHuqB9EkWj6SZm/+mjAfBgNVHSMEGDAWgBRLECV2ASZ5PAOLa0GwykGYfxvOuzANBgkqhkiG9w"
      "0BAQUFAAOCAQEAMQa1YmP2VA4m0WZ860Kh6zWFtmow/liLGAS9C03M+kSAJ1WVc185v1wB3wdYhcNQUjlo1M7EwBWj"
      "8V4VWnV0CRJ3O1EgArT5f3SbZ+b1faILwFr0soM5JE+GmoVt0VagnUovIk42B0F+nDQrzSedLxraV2TuX1TSGV1ZjR"
      "ry1eL/IhvST1COT97qRlqomHAfvAnaRXC8dY/5SYdk2E0V4D1zsgiMSCnLiCc9YwPXjQ7wcG1fpDGIQx0ws7hUxUae"
      "CyuJF1OK61LCBnFGOWEZXyaQdeQq+ux6fZP3sSoniBFH3k5B1I+o2+NtARLJy+rDbbgpJEY3YotudQUXdr00Wg==" },
    /* clang-format on */
};

static const struct {
    const char *name;
    const char *certs[CERTS_CHAIN_MAX]; /* as a server sends them */
} chains[] = {
    { "good", { "leaf", "inter" } },
    { "full", { "leaf", "inter", "root" } },
    { "lone", { "leaf" } },
    { "lone-public", { "public" } },
    { "lone-aia", { "aia" } },
    { "public", { "public", "inter" } },
    { "broken", { "leaf", "elsewhere" } },
    { "expired", { "expired", "inter" } },
    { "future", { "future", "inter" } },
    { "old-issuer", { "underold", "oldinter" } },
    { "name", { "other", "inter" } },
    { "wild", { "wild", "inter" } },
    { "ip", { "ip", "inter" } },
    { "cn", { "cn", "inter" } },
    { "no-eku", { "noeku", "inter" } },
    { "client-eku", { "clientauth", "inter" } },
    { "ecdsa", { "ecdsa", "inter" } },
    { "self", { "self" } },
    { "short", { "short", "inter" } },
    { "sha1", { "sha1", "rsaca" } },
};

static GByteArray *
cert_der(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(certs); i++) {
        gsize len;

        if (strcmp(certs[i].name, name) == 0) {
            guchar *der = g_base64_decode(certs[i].text, &len);
            return g_byte_array_new_take(der, len);
        }
    }
    g_error("no certificate %s", name);
}

bool
certs_has_chain(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(chains); i++)
        if (strcmp(chains[i].name, name) == 0)
            return true;
    return false;
}

GPtrArray *
certs_chain(const char *name)
{
    GPtrArray *chain = g_ptr_array_new_with_free_func((GDestroyNotify)g_byte_array_unref);

    for (size_t i = 0; i < G_N_ELEMENTS(chains); i++) {
        if (strcmp(chains[i].name, name) != 0)
            continue;
        for (size_t k = 0; k < CERTS_CHAIN_MAX && chains[i].certs[k]; k++)
            g_ptr_array_add(chain, cert_der(chains[i].certs[k]));
    }
    if (chain->len == 0)
        g_error("no chain %s", name);
    return chain;
}
