#include "security/scope.h"

static const char *const names[] = {
    [SCOPE_NONE] = "",
    [SCOPE_READ] = "read",
    [SCOPE_OPERATE] = "operate",
    [SCOPE_ADMIN] = "admin",
};

const char *scope_name(scope_t scope)
{
    return names[scope];
}

scope_t scope_from_name(text_view_t name)
{
    for (scope_t scope = SCOPE_READ; scope <= SCOPE_ADMIN; scope++)
        if (text_equal(name, text_view(names[scope]))) return scope;
    return SCOPE_NONE;
}
